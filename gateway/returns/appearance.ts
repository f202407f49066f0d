import { objectEvent } from "../../protocols/epcis/object-event.ts";
import { isContainer } from "../../protocols/gs1/container.ts";
import type { ItemIdentity } from "../../protocols/gs1/item-identity.ts";
import { present } from "../../protocols/present.ts";
import { classSteps, openingRoles, type StepName, stepOfRole } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { containerSeen, pack, unpack } from "./containers.ts";
import { handIn } from "./desk.ts";
import { endedSeen } from "./new-identity.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { caseOf, keepCase, pastOf, type ReturnCase, remember } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import { extensionsOf, placeAfter, placeFacts, type Sight } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Turn } from "./turn.ts";

/** A tag that lies in view is noted so many times in the time after which it would be missed: cards wear. */
const notedPerUnseen = 8;

/** An item that can be told from all others is seen at a post; `isPresent`: it was seen there before, and still is. */
export function appeared(turn: Turn, sight: Sight, item: ItemIdentity, isPresent: boolean): void {
  const { post } = sight;
  if (isContainer(item.uri)) {
    const holds = post.role === "packing" || post.role === "unpacking";
    if (holds && !isPresent) containerSeen(turn, sight, item.uri);
    return;
  }
  const open = caseOf(turn, item.uri);
  if (open !== undefined) return seenAgain(turn, sight, item, { open, isPresent });
  if (isPresent || endedSeen(turn, sight, item.uri)) return;
  if (openingRoles.has(post.role)) atPost(turn, sight, item);
}

interface Again {
  readonly open: ReturnCase;
  readonly isPresent: boolean;
}

function seenAgain(turn: Turn, sight: Sight, item: ItemIdentity, { open, isPresent }: Again): void {
  if (open.ended === true) {
    // Where it ended it may still lie; anywhere else it has come back.
    if (!isPresent && open.post !== sight.post.id) atPost(turn, sight, item);
    return;
  }
  watchTwoPlaces(turn, sight, open);
  if (isPresent || isRepeated(turn, sight, open)) {
    if (!isPresent) look(turn, sight, open, item);
    return noteSight(turn, sight, open);
  }
  if (open.step === "lost") takeStep(turn, sight, item.uri, { name: "found" });
  atPost(turn, sight, item);
}

function atPost(turn: Turn, sight: Sight, item: ItemIdentity): void {
  const { post, at } = sight;
  const { uri, gtin } = item;
  const name = stepOfRole[post.role];
  if (name === undefined) return;
  if (name === "handed-in") return handIn(turn, sight, item);
  if (name === "packed") {
    if (!pack(turn, sight, uri)) return;
  } else if (name === "unpacked") unpack(turn, sight, uri);
  else takeStep(turn, sight, uri, { name, ...present({ gtin }) });
  changePost(turn, post, { item: { uri, at, ...present({ gtin }) } });
}

/** The same post again is no new step: soon after the first time, or as long as nothing else has happened. */
function isRepeated(turn: Turn, { post, at }: Sight, open: ReturnCase): boolean {
  const before = open.posts[post.id];
  if (before === undefined || open.step === "lost") return false;
  if (turn.within(before, at, turn.rules.limits.repeatMs - 1)) return true;
  return post.role !== "returns-desk" && open.post === post.id && open.step === stepOfRole[post.role];
}

/** Weights and commands that follow are about this one. */
function look(turn: Turn, { post, at }: Sight, open: ReturnCase, { gtin }: ItemIdentity): void {
  const { item } = postStateOf(turn, post);
  if (open.post !== post.id || turn.elapsedMs(item?.at ?? at, at) < 0) return;
  const isClass = item?.uri === open.uri ? item.class : undefined;
  changePost(turn, post, {
    item: { uri: open.uri, at, ...present({ gtin: gtin ?? open.gtin, class: isClass }) },
  });
}

/** It was seen, and nothing came of it. */
function noteSight(turn: Turn, { post, at }: Sight, open: ReturnCase): void {
  const { unseenMs } = turn.rules.limits;
  if (unseenMs === 0) return;
  const ms = serviceMs(turn, at);
  if (open.unseenTold !== true && ms - open.seen.ms < unseenMs / notedPerUnseen) return;
  const { unseenTold: _, ...rest } = open;
  keepCase(turn, { ...rest, seen: { post: post.id, at, ms } });
}

/** Nobody carries an item from one post to another in a second: a tag is copied, or a reader reads too far. */
function watchTwoPlaces(turn: Turn, sight: Sight, { uri, seen, posts }: ReturnCase): void {
  const { post, at } = sight;
  const isElsewhere =
    seen.post !== post.id && turn.rules.posts.has(seen.post) && posts[post.id] === undefined;
  const { twoPlacesMs } = turn.rules.limits;
  if (!isElsewhere || twoPlacesMs === 0 || !turn.within(seen.at, at, twoPlacesMs)) return;
  alert(turn, sight, "return-two-places", {
    item: uri,
    detail: `${seen.post} and ${post.id}`,
    detailChinese: `${seen.post}和${post.id}`,
    other: seen.post,
  });
}

/** A code without a serial number elsewhere than at the desk: nobody can say which one it is. */
export function classAppeared(turn: Turn, sight: Sight, item: ItemIdentity): void {
  const { post, at } = sight;
  const { item: last } = postStateOf(turn, post);
  const isSame = last !== undefined && last.class === undefined && last.gtin === item.gtin;
  // The code beside the serial number; the next of its kind is another item.
  if (isSame && turn.within(last.at, at, turn.rules.limits.commandJoinMs))
    return changePost(turn, post, { item: { ...last, class: true } });
  const name = stepOfRole[post.role];
  if (name !== undefined && classSteps.has(name)) tellWithoutCase(turn, sight, item, name);
}

/** One that can be told from all others, and that nobody has handed in, ends here. Answers whether it did. */
export function endedUnfollowed(turn: Turn, sight: Sight, item: ItemIdentity): boolean {
  const { role } = sight.post;
  const name = stepOfRole[role];
  if (!item.serialised || name === undefined || !classSteps.has(name) || openingRoles.has(role)) return false;
  const { uri } = item;
  const isKnown = caseOf(turn, uri) !== undefined || pastOf(turn, uri) !== undefined;
  if (isKnown || isContainer(uri)) return false;
  tellWithoutCase(turn, sight, item, name);
  return true;
}

/** What no case is followed of is told all the same, so that nothing is destroyed without a word. */
function tellWithoutCase(turn: Turn, sight: Sight, item: ItemIdentity, name: StepName): void {
  const { post, at } = sight;
  const { uri } = item;
  const rule = turn.rules.steps[name];
  const { action, bizStep, disposition } = rule;
  const event = objectEvent({
    ...placeFacts(turn, sight),
    bizLocation: placeAfter(rule, post),
    items: [item],
    ...present({ action, disposition }),
    bizStep,
    extensions: extensionsOf(turn, sight, undefined),
  });
  const told = turn.tell(sight, { type: `storewire.return.${name}`, subject: uri, data: event }, [uri]);
  if (item.serialised) remember(turn, uri, { id: sight.reading ?? turn.context.newId(), step: name, told });
  changePost(turn, post, { last: { uri, told, event, at, before: null } });
}
