import type {
  EpcisBusinessTransaction,
  EpcisDestination,
  EpcisDisposition,
  EpcisEvent,
  EpcisSource,
} from "../../protocols/epcis/event.ts";
import type { StorewireExtensions } from "../../protocols/epcis/extensions.ts";
import { type EventFacts, type ObjectEventFacts, objectEvent } from "../../protocols/epcis/object-event.ts";
import { aggregationEvent } from "../../protocols/epcis/relation-events.ts";
import type { StepName, StepRule } from "../../protocols/returns/steps.ts";
import { clerkAt } from "./post-state.ts";
import type { ReturnCase } from "./return-case.ts";
import { locationUri, type Post, partyUri } from "./rules.ts";
import type { Cause, Turn } from "./turn.ts";

/** A cause that has a place. */
export interface Sight extends Cause {
  readonly post: Post;
}

/** A step, and what belongs to it. */
export interface Step {
  readonly name: StepName;
  readonly gtin?: string;
  readonly grade?: string;
  /** Where it is not the usual one. */
  readonly disposition?: EpcisDisposition;
  readonly persistent?: NonNullable<StepRule["persistent"]>;
  /** The item gets an identity of the site's own with it. */
  readonly commissioning?: { readonly tag: string };
  readonly transactions?: readonly EpcisBusinessTransaction[];
  /** It goes into this container, or comes out of it. */
  readonly container?: string;
  /** Who gave it to whom, signed by both. */
  readonly signed?: { readonly giver: string; readonly taker: string };
}

/** The step in the words of EPCIS. */
export function stepEvent(turn: Turn, sight: Sight, open: ReturnCase, step: Step): EpcisEvent {
  const { name, container, commissioning } = step;
  const { site, steps } = turn.rules;
  const rule = steps[name];
  const isAggregation = container !== undefined && (name === "packed" || name === "unpacked");
  const { sources, destinations } = custodyFacts(turn, sight.post, open, name);
  const facts: ObjectEventFacts = {
    timeMs: sight.at.wallMs,
    timeZone: site.timeZone,
    action: isAggregation ? relation[name] : commissioning === undefined ? rule.action : "ADD",
    bizStep: commissioning === undefined ? rule.bizStep : "commissioning",
    disposition: isAggregation ? undefined : (step.disposition ?? dispositionAfter(turn, name, open)),
    persistentDisposition: step.persistent ?? rule.persistent,
    readPoint: sight.post.readPoint,
    bizLocation: placeAfter(rule, sight.post),
    bizTransactions: transactionsOf(rule, step, open),
    sources,
    destinations,
    extensions: extensionsOf(turn, sight, open, step),
    items: [{ uri: open.uri, serialised: true }],
  };
  return isAggregation ? aggregationEvent(facts, container, [open.uri]) : objectEvent(facts);
}

const relation = { packed: "ADD", unpacked: "DELETE" } as const;

/** Where the item is after a step. */
export const placeAfter = ({ gone }: StepRule, { bizLocation }: Post): string | undefined =>
  gone === true ? undefined : bizLocation;

/** What says nothing of where the item has come to leaves it as the step before did. */
export function dispositionAfter(
  turn: Turn,
  name: StepName,
  { step }: Pick<ReturnCase, "step">,
): EpcisDisposition | undefined {
  const { steps } = turn.rules;
  return steps[steps[name].passing === true ? step : name].disposition;
}

/** A receiver that knows no extension of ours finds all that belongs to one return by its number. */
function transactionsOf({ rma }: StepRule, { transactions }: Step, { id }: ReturnCase): Step["transactions"] {
  if (rma !== true) return transactions;
  return [...(transactions ?? []), { type: "rma", bizTransaction: `urn:uuid:${id}` }];
}

/** When and where. */
export function placeFacts(
  turn: Turn,
  { at, post: { readPoint, bizLocation } }: Sight,
): Pick<EventFacts, "timeMs" | "timeZone" | "readPoint" | "bizLocation"> {
  return { timeMs: at.wallMs, timeZone: turn.rules.site.timeZone, readPoint, bizLocation };
}

/** Who and what, in our own words. */
export function extensionsOf(
  turn: Turn,
  sight: Sight,
  open: ReturnCase | undefined,
  step: Partial<Step> = {},
): StorewireExtensions {
  const { commissioning, gtin, grade, signed } = step;
  return {
    "storewire:case": open?.id,
    "storewire:tag": commissioning && `0x${commissioning.tag}`,
    "storewire:gtin": commissioning && gtin && `https://id.gs1.org/01/${gtin}`,
    "storewire:grade": grade,
    "storewire:givenBy": signed?.giver,
    "storewire:takenBy": signed?.taker,
    "storewire:clerk": signed?.taker ?? clerkOf(turn, sight, open),
    "storewire:post": sight.post.id,
    "storewire:device": sight.device,
  };
}

const clerkOf = (turn: Turn, { post, at }: Sight, open: ReturnCase | undefined): string | undefined =>
  clerkAt(turn, post, at) ?? open?.clerk;

/** Absent where there are none: an event has no empty lists. */
interface Ends {
  readonly sources?: readonly EpcisSource[];
  readonly destinations?: readonly EpcisDestination[];
}

/** From where to where, and from whom to whom. */
function custodyFacts(turn: Turn, post: Post, open: ReturnCase, name: StepName): Ends {
  if (name === "shipped") return journeyFrom(turn, post);
  // What goes to somebody else does not go to a post of ours.
  const isAway = turn.rules.steps[name].gone === true;
  return dealOf(turn, name) ?? (isAway ? nowhere : wayTo(turn, post, open));
}

/** Out of the house. */
export function journeyFrom(turn: Turn, { bizLocation }: Post): Ends {
  const { shipTo } = turn.rules.limits;
  return {
    sources: [{ type: "location", source: bizLocation }],
    ...(shipTo !== undefined && { destinations: [{ type: "location", destination: locationUri(shipTo) }] }),
  };
}

const nowhere: Ends = {};

/** Within the house. */
function wayTo(turn: Turn, { bizLocation }: Post, open: ReturnCase): Ends {
  const from = turn.rules.posts.get(open.post);
  if (open.told === 0 || from === undefined || from.bizLocation === bizLocation) return nowhere;
  return {
    sources: [{ type: "location", source: from.bizLocation }],
    destinations: [{ type: "location", destination: bizLocation }],
  };
}

function dealOf(turn: Turn, name: StepName): Ends | undefined {
  const { party, limits } = turn.rules;
  if (name === "handed-in") return { destinations: [{ type: "possessing_party", destination: party }] };
  const to =
    name === "sent-to-supplier" ? limits.supplier : name === "recycled" ? limits.recycler : undefined;
  if (to === undefined) return undefined;
  const type = name === "recycled" ? "possessing_party" : "owning_party";
  return {
    sources: [{ type, source: party }],
    destinations: [{ type, destination: partyUri(to) }],
  };
}
