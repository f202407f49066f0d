import { isContainer } from "../../protocols/gs1/container.ts";
import { identityOfTag } from "../../protocols/gs1/item-identity.ts";
import type { Observation } from "../../protocols/readings.ts";
import { alert } from "./alerts.ts";
import { moveContainer } from "./containers.ts";
import { endedSeen } from "./new-identity.ts";
import { type Crossing, changePost, postStateOf } from "./post-state.ts";
import { caseOf, keepCase, type ReturnCase } from "./return-case.ts";
import type { Post } from "./rules.ts";
import type { Sight } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Cause, Turn } from "./turn.ts";

type Direction = "in" | "out";
type Tag = Extract<Observation, { kind: "tag" }>;

/** Tags in one door at once whose direction is not known yet; a pallet's worth. The oldest go unseen. */
const crossingsMax = 512;

/** Docks and doors: it matters whether things come or go. */
export const isDoor = ({ role }: Post): boolean =>
  role === "dock" || role === "dock-in" || role === "dock-out" || role === "door";

/** What the role says where nothing measures it. */
const usualDirection: Readonly<Partial<Record<Post["role"], Direction>>> = {
  "dock-in": "in",
  "dock-out": "out",
  door: "out",
};

/** A tag at a door; how its direction becomes known is up to the configuration. */
export function tagAtDoor(turn: Turn, sight: Sight, tag: Tag): void {
  const { post, at } = sight;
  const way = turn.rules.directionOf.get(post.id);
  if (way?.by === "antennas") return betweenAntennas(turn, sight, tag);
  if (tag.change !== "arrived") return;
  const { passage } = postStateOf(turn, post);
  const { doorJoinMs } = turn.rules.limits;
  if (way?.by !== "passage") return crossed(turn, sight, tag.epcHex, usualDirection[post.role]);
  if (passage !== undefined && turn.within(passage.at, at, doorJoinMs))
    return crossed(turn, sight, tag.epcHex, passage.direction);
  remember(turn, sight, { epcHex: tag.epcHex, at });
}

/** The beams say in which direction somebody went through; the tags seen around that moment went along. */
export function passed(turn: Turn, sight: Sight, direction: Direction): void {
  const { post, at } = sight;
  const { crossings = [] } = postStateOf(turn, post);
  const { doorJoinMs } = turn.rules.limits;
  changePost(turn, post, { passage: { direction, at }, crossings: undefined });
  for (const crossing of crossings)
    if (turn.within(crossing.at, at, doorJoinMs)) crossed(turn, sight, crossing.epcHex, direction);
}

/** A tag that came into view at one antenna and was seen last at the other has gone through. */
function betweenAntennas(turn: Turn, sight: Sight, { change, epcHex, antenna }: Tag): void {
  const { post, at } = sight;
  if (antenna === undefined) return;
  if (change === "arrived") return remember(turn, sight, { epcHex, antenna, at });
  if (change !== "departed") return;
  const { crossings = [] } = postStateOf(turn, post);
  const begun = crossings.find((crossing) => crossing.epcHex === epcHex);
  const rest = crossings.filter((crossing) => crossing !== begun);
  changePost(turn, post, { crossings: rest.length > 0 ? rest : undefined });
  crossed(turn, sight, epcHex, directionBetween(turn, post, [begun?.antenna, antenna]));
}

/** Undefined where it did not change sides. */
function directionBetween(
  turn: Turn,
  post: Post,
  antennas: readonly [number | undefined, number],
): Direction | undefined {
  const [from, to] = antennas.map((antenna) => sideOf(turn, post, antenna));
  if (from === undefined || to === undefined || from === to) return undefined;
  return to === "inside" ? "in" : "out";
}

function sideOf(turn: Turn, post: Post, antenna: number | undefined): "inside" | "outside" | undefined {
  const way = turn.rules.directionOf.get(post.id);
  if (way?.by !== "antennas" || antenna === undefined) return undefined;
  if (way.inside.includes(antenna)) return "inside";
  return way.outside.includes(antenna) ? "outside" : undefined;
}

function remember(turn: Turn, { post, at }: Sight, crossing: Crossing): void {
  const { crossings = [] } = postStateOf(turn, post);
  const isBeam = crossing.antenna === undefined;
  const fresh = crossings.filter(
    (each) =>
      each.epcHex !== crossing.epcHex && (!isBeam || turn.within(each.at, at, turn.rules.limits.doorJoinMs)),
  );
  changePost(turn, post, { crossings: [...fresh, crossing].slice(-crossingsMax) });
}

/** Things pass a door in a direction; one in a tote or parcel goes along with it. */
function crossed(turn: Turn, sight: Sight, epcHex: string, direction: Direction | undefined): void {
  const item = identityOfTag(epcHex);
  if (!item.ok || direction === undefined) return;
  const { uri } = item.value;
  const open = caseOf(turn, uri);
  if (open === undefined && endedSeen(turn, sight, uri)) return;
  if (sight.post.role !== "door") atDock(turn, sight, uri, direction === "out" ? "shipped" : "arrived");
  else if (direction === "out" && open !== undefined) left(turn, sight, open);
}

/** Ordinary goods come and go here as well; only what is known is followed. */
function atDock(turn: Turn, sight: Sight, uri: string, step: "shipped" | "arrived"): void {
  const open = caseOf(turn, uri);
  const container = isContainer(uri) ? uri : open?.container;
  if (container !== undefined) moveContainer(turn, sight, container, step);
  else if (open !== undefined && !isRepeated(turn, sight, open)) takeStep(turn, sight, uri, { name: step });
}

/** Only what a step has let go may leave through a door. */
function left(turn: Turn, sight: Sight, open: ReturnCase): void {
  const { post, at } = sight;
  if (turn.rules.steps[open.step].leaves === true || isRepeated(turn, sight, open)) return;
  alert(turn, sight, "return-left", {
    item: open.uri,
    detail: `${open.step} at ${open.post}`,
    detailChinese: `${turn.rules.steps[open.step].wordsChinese}，位于${open.post}`,
    step: open.step,
  });
  keepCase(turn, { ...open, posts: { ...open.posts, [post.id]: at } });
}

function isRepeated(turn: Turn, { post, at }: Sight, { posts }: ReturnCase): boolean {
  const before = posts[post.id];
  return before !== undefined && turn.within(before, at, turn.rules.limits.repeatMs);
}

/** Tags that stay in a door without passing through it are no concern of anybody. */
export function endCrossings(turn: Turn, post: Post, { at }: Cause): void {
  const { crossings } = postStateOf(turn, post);
  if (crossings === undefined || turn.rules.directionOf.get(post.id)?.by !== "passage") return;
  const fresh = crossings.filter((each) => turn.within(each.at, at, turn.rules.limits.doorJoinMs));
  if (fresh.length < crossings.length)
    changePost(turn, post, { crossings: fresh.length > 0 ? fresh : undefined });
}
