import { objectEvent } from "../../protocols/epcis/object-event.ts";
import type { ItemIdentity } from "../../protocols/gs1/item-identity.ts";
import { present } from "../../protocols/present.ts";
import { openingRoles, stepOfRole } from "../../protocols/returns/steps.ts";
import { alert } from "./alerts.ts";
import { containerSeen, isContainer, pack, unpack } from "./containers.ts";
import { handIn } from "./desk.ts";
import { changePost, postStateOf } from "./post-state.ts";
import { caseOf, keepCase, type ReturnCase } from "./return-case.ts";
import { serviceMs } from "./service-clock.ts";
import { extensionsOf, placeFacts, type Sight } from "./step-event.ts";
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
  if (!isPresent && openingRoles.has(post.role)) atPost(turn, sight, item);
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
    other: seen.post,
  });
}

/** A code without a serial number elsewhere than at the desk: nobody can say which one it is. */
export function classAppeared(turn: Turn, sight: Sight, item: ItemIdentity): void {
  const { post, at } = sight;
  const step = stepOfRole[post.role];
  const { item: last } = postStateOf(turn, post);
  const isSame = last !== undefined && last.gtin === item.gtin;
  if (isSame && turn.within(last.at, at, turn.rules.limits.commandJoinMs)) return;
  if (step !== "inspected" && step !== "stored") return;
  const { bizStep, disposition } = turn.rules.steps[step];
  const data = objectEvent({
    ...placeFacts(turn, sight),
    items: [item],
    bizStep,
    ...(disposition !== undefined && { disposition }),
    extensions: extensionsOf(turn, sight, undefined),
  });
  turn.tell(sight, { type: `storewire.return.${step}`, subject: item.uri, data }, [item.uri]);
}
