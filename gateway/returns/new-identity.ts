import type { EpcisEvent } from "../../protocols/epcis/event.ts";
import { type EventFacts, objectEvent } from "../../protocols/epcis/object-event.ts";
import { transformationEvent } from "../../protocols/epcis/relation-events.ts";
import type { OwnAsset } from "../../protocols/gs1/own-asset.ts";
import { present } from "../../protocols/present.ts";
import { openingRoles, type RenamingStep, stepOfRole } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { relocate } from "./containers.ts";
import { nextAsset, orderLabel } from "./labels.ts";
import { changePost, type LastStep } from "./post-state.ts";
import {
  caseOf,
  currentUri,
  forgetCase,
  forgetPast,
  keepPast,
  type PastCase,
  pastOf,
  type ReturnCase,
  remember,
  renameCase,
  reopenCase,
} from "./return-case.ts";
import type { Post } from "./rules.ts";
import { dispositionAfter, extensionsOf, placeFacts, type Sight } from "./step-event.ts";
import { caseAfter, caseForStep } from "./take-step.ts";
import type { Turn } from "./turn.ts";

/** The item as it was, and what it is called from now on. */
interface Change {
  readonly open: ReturnCase;
  readonly asset: OwnAsset;
  readonly name: RenamingStep;
}

/**
 * The item goes on under an asset number of the site's own, and its case with it: refurbished it is another thing, with
 * a new label it is the same one. Its old identity has ended.
 */
export function takeNewIdentity(turn: Turn, sight: Sight, from: string, name: RenamingStep): void {
  const { post, at } = sight;
  const before = caseOf(turn, from) ?? null;
  const open = caseForStep(turn, sight, from, name);
  const asset = nextAsset(turn, at.wallMs);
  const { uri } = asset;
  const retired = name === "relabelled" ? retire(turn, sight, open, uri) : undefined;
  const event = eventOf(turn, sight, { open, asset, name });
  const told = turn.tell(sight, { type: `storewire.return.${name}`, subject: uri, data: event }, [from, uri]);
  const { container, gtin } = open;
  relocate(turn, from, container, undefined);
  renameCase(turn, from, { ...caseAfter(turn, sight, open, { name }), uri });
  relocate(turn, uri, undefined, container);
  changePost(turn, post, {
    item: { uri, at, ...present({ gtin }) },
    last: { uri, told, event, at, before, renamed: { from, ...present({ retired }) } },
  });
  orderLabel(turn, post, asset, gtin);
}

/** The old label is out of use, and what is on it names nothing any more. */
function retire(turn: Turn, sight: Sight, open: ReturnCase, successor: string): EpcisEvent {
  const { uri } = open;
  const data = objectEvent({
    ...placeFacts(turn, sight),
    action: "DELETE",
    bizStep: "decommissioning",
    disposition: "inactive",
    items: [{ uri, serialised: true }],
    extensions: { ...extensionsOf(turn, sight, open), "storewire:successor": successor },
  });
  turn.tell(sight, { type: "storewire.return.retired", subject: uri, data }, [uri, successor]);
  return data;
}

function eventOf(turn: Turn, sight: Sight, { open, asset, name }: Change): EpcisEvent {
  const { uri: from, gtin } = open;
  const commissioning = { tag: asset.epcHex };
  const facts: EventFacts = {
    ...placeFacts(turn, sight),
    bizStep: turn.rules.steps[name].bizStep,
    disposition: dispositionAfter(turn, name, open),
    extensions: extensionsOf(turn, sight, open, { commissioning, ...present({ gtin }) }),
  };
  if (name === "refurbished") return transformationEvent(facts, [from], [asset.uri]);
  return objectEvent({
    ...facts,
    action: "ADD",
    items: [{ uri: asset.uri, serialised: true }],
    extensions: { ...facts.extensions, "storewire:formerly": from },
  });
}

/** The new identity was a mistake: its label is void, and the item is what it was. */
export function takeBackIdentity(turn: Turn, { uri, told, before, renamed }: LastStep): void {
  if (renamed === undefined) return;
  const { from } = renamed;
  const open = caseOf(turn, uri);
  relocate(turn, uri, open?.container, undefined);
  forgetCase(turn, uri);
  forgetPast(turn, from);
  if (open !== undefined) remember(turn, uri, { id: open.id, step: open.step, told, successor: from });
  if (before === null) return;
  reopenCase(turn, before);
  relocate(turn, from, undefined, before.container);
}

/** Tells of an identity that is seen although it has ended: an old label is still on the item. Answers whether it is one. */
export function endedSeen(turn: Turn, sight: Sight, uri: string): boolean {
  const past = pastOf(turn, uri);
  const { post, at } = sight;
  if (past === undefined || !hasEnded(turn, post, past)) return false;
  const { id, seen } = past;
  if (seen?.post === post.id && turn.within(seen.at, at, turn.rules.limits.repeatMs)) return true;
  keepPast(turn, uri, { ...past, seen: { post: post.id, at } });
  const known = currentUri(turn, uri);
  const [detail, detailChinese] =
    known === uri ? ["the item was destroyed", "商品已销毁"] : [`it is ${known} since`, `现为${known}`];
  const more = present({ successor: known === uri ? undefined : known });
  alert(turn, sight, "return-identity-ended", { item: uri, case: id, detail, detailChinese, ...more });
  return true;
}

/** Under another name it may go on; what is destroyed is seen at most where it was, and on its way out. */
function hasEnded(turn: Turn, { role }: Post, { step, successor }: PastCase): boolean {
  if (successor !== undefined) return true;
  const name = stepOfRole[role];
  // A post that opens cases tells of it in its own way, and follows the item again.
  return (
    turn.rules.steps[step].action === "DELETE" &&
    name !== undefined &&
    name !== step &&
    !openingRoles.has(role)
  );
}
