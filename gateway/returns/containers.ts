import type { EpcisObjectEvent } from "../../protocols/epcis/event.ts";
import { objectEvent } from "../../protocols/epcis/object-event.ts";
import { aggregationEvent } from "../../protocols/epcis/relation-events.ts";
import { present } from "../../protocols/present.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { alert } from "./alerts.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { caseOf, closeCase, keepCase } from "./return-case.ts";
import type { Post } from "./rules.ts";
import { serviceMs } from "./service-clock.ts";
import { extensionsOf, journeyFrom, placeAfter, placeFacts, type Sight } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Cause, Turn } from "./turn.ts";

/** Items in one tote or parcel; more do not fit, and what cannot be listed would be told as surplus. */
const contentMax = 1_000;

/** A tote (GRAI) or parcel (SSCC) that is in the house, and what is in it. */
export interface Container {
  readonly uri: string;
  readonly content: readonly string[];
  /** Somebody else has packed it and said what is in it. */
  readonly announced?: true;
  readonly posts: Readonly<Record<string, Stamp>>;
}

const containerKey = (uri: string): string => `container/${uri}`;

export const containerOf = (turn: Turn, uri: string): Container | undefined =>
  turn.get(containerKey(uri)) as Container | undefined;

export const keepContainer = (turn: Turn, container: Container): void =>
  turn.put(containerKey(container.uri), container);

/** A container at a packing or unpacking post: what is seen there from now on goes in or comes out. */
export function containerSeen(turn: Turn, sight: Sight, uri: string): void {
  const { post, at } = sight;
  const { container } = postStateOf(turn, post);
  if (container?.uri === uri) return changePost(turn, post, { container: { uri, at } });
  containerDone(turn, post, sight);
  if (containerOf(turn, uri) === undefined) keepContainer(turn, { uri, content: [], posts: {} });
  changePost(turn, post, { container: { uri, at } });
}

/** The item goes into the container that stands here; told whether it did. */
export function pack(turn: Turn, sight: Sight, uri: string): boolean {
  const { post, at } = sight;
  const { container } = postStateOf(turn, post);
  const into = container === undefined ? undefined : containerOf(turn, container.uri);
  if (into === undefined) {
    alert(turn, sight, "return-no-container", {
      item: uri,
      detail: `at ${post.id}`,
      detailChinese: `位于${post.id}`,
    });
    return false;
  }
  if (into.content.includes(uri)) return false;
  const before = caseOf(turn, uri)?.container;
  takeStep(turn, sight, uri, { name: "packed", container: into.uri });
  relocate(turn, uri, before, into.uri);
  changePost(turn, post, { container: { uri: into.uri, at } });
  return true;
}

/** The item comes out of the container that stands here, or of whichever it was said to be in. */
export function unpack(turn: Turn, sight: Sight, uri: string): void {
  const { post, at } = sight;
  const { container } = postStateOf(turn, post);
  const from = container === undefined ? undefined : containerOf(turn, container.uri);
  const said = caseOf(turn, uri)?.container;
  takeStep(turn, sight, uri, { name: "unpacked", ...present({ container: said ?? from?.uri }) });
  if (from !== undefined) {
    changePost(turn, post, { container: { uri: from.uri, at } });
    if (from.announced === true && said !== from.uri) tellSurplus(turn, sight, uri, { from: from.uri, said });
  }
  relocate(turn, uri, said, undefined);
}

interface Surplus {
  readonly from: string;
  readonly said: string | undefined;
}

function tellSurplus(turn: Turn, sight: Sight, item: string, { from, said }: Surplus): void {
  const detail = said === undefined ? `found in ${from}` : `found in ${from}, announced in ${said}`;
  const detailChinese = said === undefined ? `在${from}中发现` : `在${from}中发现，申报在${said}中`;
  alert(turn, sight, "return-surplus", { item, detail, detailChinese, container: from });
}

/** What is in which container, after an item went from one to another. */
export function relocate(turn: Turn, uri: string, from: string | undefined, to: string | undefined): void {
  if (from === to) return;
  const left = from === undefined ? undefined : containerOf(turn, from);
  if (left !== undefined)
    keepContainer(turn, { ...left, content: left.content.filter((each) => each !== uri) });
  const entered = to === undefined ? undefined : containerOf(turn, to);
  if (entered !== undefined && entered.content.length < contentMax)
    keepContainer(turn, { ...entered, content: [...entered.content, uri] });
}

/** The container that stands here is done; what was announced and did not come out of it is missing. */
export function containerDone(turn: Turn, post: Post, cause: Cause): void {
  const { container } = postStateOf(turn, post);
  if (container === undefined) return;
  changePost(turn, post, { container: undefined });
  const done = containerOf(turn, container.uri);
  if (post.role !== "unpacking" || done === undefined) return;
  const sight: Sight = { ...cause, post };
  const missing = done.content;
  const data = aggregationEvent(
    {
      ...placeFacts(turn, sight),
      action: "DELETE",
      bizStep: "unpacking",
      disposition: missing.length === 0 ? "completeness_verified" : "mismatch_instance",
      extensions: extensionsOf(turn, sight, undefined),
    },
    done.uri,
    missing,
  );
  turn.tell(sight, { type: "storewire.return.unpacking-done", subject: done.uri, data }, [
    done.uri,
    ...missing,
  ]);
  for (const item of missing) missed(turn, sight, item, done.uri);
  turn.put(containerKey(done.uri), undefined);
}

/** Nobody knows where it is: it is no longer in the container, and to be found or declared lost. */
function missed(turn: Turn, sight: Sight, item: string, container: string): void {
  const open = caseOf(turn, item);
  if (open === undefined) return;
  alert(turn, sight, "return-missing", {
    item,
    detail: `not in ${container}`,
    detailChinese: `不在${container}中`,
    container,
  });
  const { container: _, ...rest } = open;
  keepCase(turn, rest);
}

/** An unpacking that rests for long is done. */
export function endUnpacking(turn: Turn, post: Post, cause: Cause): void {
  const { container } = postStateOf(turn, post);
  if (container === undefined || turn.within(container.at, cause.at, turn.rules.limits.unpackMs)) return;
  containerDone(turn, post, cause);
}

type Movement = "shipped" | "arrived";

/** A container crosses a dock, and all that is in it with it: one event. */
export function moveContainer(turn: Turn, sight: Sight, uri: string, step: Movement): void {
  const { post, at } = sight;
  const container = containerOf(turn, uri);
  if (container === undefined) return;
  const before = container.posts[post.id];
  if (before !== undefined && turn.within(before, at, turn.rules.limits.repeatMs)) return;
  turn.tell(
    sight,
    { type: `storewire.return.${step}`, subject: uri, data: movement(turn, sight, uri, step) },
    [uri, ...container.content],
  );
  for (const item of container.content) moveItem(turn, sight, item, step);
  if (step === "shipped") turn.put(containerKey(uri), undefined);
  else keepContainer(turn, { ...container, posts: { ...container.posts, [post.id]: at } });
}

function movement(turn: Turn, sight: Sight, uri: string, step: Movement): EpcisObjectEvent {
  const { post } = sight;
  const rule = turn.rules.steps[step];
  const { bizStep, disposition } = rule;
  const way =
    step === "shipped"
      ? journeyFrom(turn, post)
      : { destinations: [{ type: "location", destination: post.bizLocation } as const] };
  return objectEvent({
    ...placeFacts(turn, sight),
    bizLocation: placeAfter(rule, post),
    items: [{ uri, serialised: true }],
    bizStep,
    ...present({ disposition }),
    ...way,
    extensions: extensionsOf(turn, sight, undefined),
  });
}

function moveItem(turn: Turn, { post, at }: Sight, item: string, step: Movement): void {
  const open = caseOf(turn, item);
  if (open === undefined) return;
  if (step === "shipped") return closeCase(turn, { ...open, step, told: turn.ledger.told });
  const { unseenTold: _, ...rest } = open;
  const seen = { post: post.id, at, ms: serviceMs(turn, at) };
  const posts = { ...open.posts, [post.id]: at };
  keepCase(turn, { ...rest, step, told: turn.ledger.told, post: post.id, posts, seen });
}
