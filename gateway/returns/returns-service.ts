import type { Configuration, ReadPointRole } from "../../protocols/config/configuration.ts";
import { type ObjectEventFacts, objectEvent } from "../../protocols/epcis/object-event.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { type ItemIdentity, identityOfScan, identityOfTag } from "../../protocols/gs1/item-identity.ts";
import { sglnUri } from "../../protocols/gs1/sgln-uri.ts";
import type { Observation, Reading, Stamp } from "../../protocols/readings.ts";
import {
  type Documents,
  momentOf,
  nothing,
  type ServiceOutcome,
  type StoreService,
  type TimeView,
} from "../service.ts";
import { caseAge, caseOf, recordStep } from "./return-case.ts";
import { unreadable } from "./unreadable.ts";

export const returnsCollection = "returns";

type StepWords = Pick<ObjectEventFacts, "bizStep" | "disposition">;
type Weight = Extract<Observation, { kind: "weight" }>;

/** A weighing at the desk is part of the hand-in and speaks in its words. */
const handedIn: StepWords = { bizStep: "receiving", disposition: "returned" };

/** What an item's appearance at a post means; words of CBV 2.0. Other roles take no part in returns yet. */
const steps: Partial<
  Record<
    ReadPointRole,
    {
      readonly type: "storewire.return.handed-in" | "storewire.return.inspected" | "storewire.return.stored";
      readonly words: StepWords;
    }
  >
> = {
  "returns-desk": { type: "storewire.return.handed-in", words: handedIn },
  inspection: { type: "storewire.return.inspected", words: { bizStep: "inspecting" } },
  "returns-cage": {
    type: "storewire.return.stored",
    words: { bizStep: "storing", disposition: "non_sellable_other" },
  },
};

/** A place where items are read. */
interface Post {
  readonly role: ReadPointRole;
  readonly readPoint: string;
  readonly bizLocation: string;
}

/** The item handed in last at a desk; a weight there is taken as its. */
interface LastHandIn {
  readonly uri: string;
  readonly serialised: boolean;
  readonly at: Stamp;
}
const deskKey = (readPoint: string): string => `desk/${readPoint}`;

interface ReturnsRules {
  readonly posts: ReadonlyMap<string, Post>;
  readonly timeZone: string;
  readonly limits: Configuration["returns"];
}

/** Follows returned items from the desk through inspection to the cage. */
export function returnsService({ site, readPoints, returns }: Configuration): StoreService {
  const place = (extension: string): string => sglnUri(site.gln, site.companyPrefixDigits, extension);
  const posts = new Map(
    readPoints.map(({ id, role, extension, locationExtension }): [string, Post] => [
      id,
      { role, readPoint: place(extension), bizLocation: place(locationExtension ?? extension) },
    ]),
  );
  const rules: ReturnsRules = { posts, timeZone: site.timeZone, limits: returns };
  return {
    name: returnsCollection,
    ageOf: caseAge,
    step(documents, input, { time }) {
      if (input.kind !== "reading") return nothing;
      const { reading } = input;
      const seen = { documents, reading, time };
      const post = posts.get(reading.readPoint);
      if (post === undefined || steps[post.role] === undefined) return nothing;
      const { observation } = reading;
      if (observation.kind === "weight") return weighing(seen, observation, rules);
      const item = itemOf(observation);
      if (item === undefined) return nothing;
      if (!item.ok) return unreadable(documents, reading, item);
      return appearance(seen, item.value, rules);
    },
  };
}

/** Undefined when the observation is none of an item that comes to a post. */
function itemOf(observation: Observation) {
  if (observation.kind === "scan") {
    const { aim, text } = observation;
    return identityOfScan(aim === undefined ? { text } : { aim, text });
  }
  if (observation.kind === "tag" && observation.change === "arrived")
    return identityOfTag(observation.epcHex);
  return undefined;
}

/** A reading, and what it is looked at with. */
interface Seen {
  readonly documents: Documents;
  readonly reading: Reading;
  readonly time: TimeView;
}

function appearance(
  { documents, reading, time }: Seen,
  item: ItemIdentity,
  rules: ReturnsRules,
): ServiceOutcome {
  const post = rules.posts.get(reading.readPoint);
  const step = post === undefined ? undefined : steps[post.role];
  if (post === undefined || step === undefined) return nothing;
  const { repeatMs, casesMax } = rules.limits;
  const before = item.serialised ? caseOf(documents, item.uri)?.posts[reading.readPoint] : undefined;
  if (before !== undefined && distanceMs(time, before, reading.at) < repeatMs) return nothing;
  const event: EventDraft = {
    type: step.type,
    ...placed(reading, item.uri),
    data: objectEvent({ ...placeFacts(reading, post, rules), items: [item], ...step.words }),
  };
  const recorded = { post: reading.readPoint, at: reading.at, finishes: post.role === "returns-cage" };
  const lastHandIn: LastHandIn = { uri: item.uri, serialised: item.serialised, at: reading.at };
  return {
    ...nothing,
    changes: [
      // Without a serial number the next item of the same kind looks the same: there is no case to follow.
      ...(item.serialised ? recordStep(documents, item.uri, recorded, casesMax) : []),
      ...(post.role === "returns-desk" ? [{ key: deskKey(reading.readPoint), value: lastHandIn }] : []),
    ],
    events: [event],
  };
}

function weighing({ documents, reading, time }: Seen, weight: Weight, rules: ReturnsRules): ServiceOutcome {
  const post = rules.posts.get(reading.readPoint);
  const item = documents.get(deskKey(reading.readPoint)) as LastHandIn | undefined;
  if (post === undefined || item === undefined || !weight.stable || !isLoad(weight.value)) return nothing;
  if (distanceMs(time, item.at, reading.at) > rules.limits.weightJoinMs) return nothing;
  const { value, unit } = weight;
  const facts: ObjectEventFacts = {
    ...placeFacts(reading, post, rules),
    items: [item],
    ...handedIn,
    weighing: { value, unit, timeMs: reading.at.wallMs },
  };
  const event: EventDraft = {
    type: "storewire.return.weighed",
    ...placed(reading, item.uri),
    data: objectEvent(facts),
  };
  return { ...nothing, events: [event] };
}

/** Two agents' readings may come in another order than they were made. */
const distanceMs = (time: TimeView, from: Stamp, to: Stamp): number => Math.abs(time.elapsedMs(from, to));

/** An empty scale, or one that was lifted off, weighs nothing of the item. */
const isLoad = (value: string): boolean => !value.startsWith("-") && /[1-9]/.test(value);

function placeFacts(
  reading: Reading,
  { readPoint, bizLocation }: Post,
  { timeZone }: ReturnsRules,
): Pick<ObjectEventFacts, "timeMs" | "timeZone" | "readPoint" | "bizLocation"> {
  return { timeMs: reading.at.wallMs, timeZone, readPoint, bizLocation };
}

const placed = ({ device, at, id }: Reading, subject: string) =>
  ({ subject, origin: device, ...momentOf(at), reading: id }) as const;
