import type { Entry, Loss } from "../outbox/outbox.ts";
import type { Clock } from "../protocols/clock.ts";
import {
  categoryOf,
  dataSchemaOf,
  type EventDraft,
  type EventTypeName,
  eventTypes,
} from "../protocols/events.ts";
import { newId } from "../protocols/identity.ts";
import type { Random } from "../protocols/random.ts";
import { type Stamp, writableMs } from "../protocols/readings.ts";
import { type Category, type GatewayName, type Stream, streamOf } from "../protocols/topics.ts";
import type { TimeView } from "./service.ts";
import { monotonicOf, type UnsetTimes, unsetClock, unsetWords } from "./time/departure.ts";

/** The gateway's own name on each event, and what its ids are made from. */
export interface EnvelopeOptions {
  readonly name: GatewayName;
  /** The outbox's: sequences are only comparable within it. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly random: Random;
  /** This start of the machine. */
  readonly boot: string;
}

type DraftClocks = Pick<TimeView, "departed" | "restamped">;

/** Writes down one fact; `time` says which clocks may yet be set before it leaves, without it all that are not. */
export type Envelope = (draft: EventDraft, time?: DraftClocks) => Entry;

interface TypeFacts {
  readonly stream: Stream;
  readonly category: Category;
  readonly dataSchema: string;
}

/** What can be said of a type is said once, not for each event. */
const typeFacts: ReadonlyMap<EventTypeName, TypeFacts> = new Map(
  (Object.keys(eventTypes) as EventTypeName[]).map((type) => [type, factsOf(type)]),
);

function factsOf(type: EventTypeName): TypeFacts {
  const category = categoryOf(type);
  return { stream: streamOf(category), category, dataSchema: dataSchemaOf(type) };
}

/** Turns drafts into what the outbox keeps: CloudEvents text, made once and never parsed again here. */
export function envelopes(options: EnvelopeOptions): Envelope {
  const { site, gateway } = options.name;
  const source = `/${site}/${gateway}`;
  const place = `"gateway":${JSON.stringify(gateway)},"epoch":${JSON.stringify(options.epoch)}`;
  return (draft, time) => {
    const facts = factsFor(draft.type);
    const times = timesOf(draft, options, time);
    const { start, clock } = clockWords(times, time);
    // Joined by hand, because the sequence is known only inside the outbox and nothing is serialised twice.
    const head =
      `{${start}"specversion":"1.0","id":"${newId(options.clock, options.random)}"` +
      `,"source":${JSON.stringify(`${source}/${draft.origin}`)},"type":"${draft.type}"` +
      `,"subject":${JSON.stringify(draft.subject)},"time":"${new Date(writableMs(times.at.wallMs)).toISOString()}"` +
      `,"datacontenttype":"application/json","dataschema":"${facts.dataSchema}",${place},"sequence":"`;
    const cause = draft.reading === undefined ? "" : `,"reading":"${draft.reading}"`;
    const tail = `",${clock}${cause},"data":${JSON.stringify(draft.data)}}`;
    return {
      stream: facts.stream,
      category: facts.category,
      body: (sequence) => `${head}${sequence}${tail}`,
    };
  };
}

/** Services stamp what they tell. What the gateway itself tells is as old by the monotonic clock as by the wall clock. */
function timesOf(
  draft: EventDraft,
  { clock, boot: own }: EnvelopeOptions,
  time: DraftClocks | undefined,
): UnsetTimes {
  const { timeMs: wallMs, businessDayAt, boot, monotonicMs } = draft;
  const agoMs = clock.wallMs() - wallMs;
  const at: Stamp =
    boot !== undefined && monotonicMs !== undefined
      ? { wallMs, monotonicMs, boot, clock: draft.clock }
      : ownStamp(
          { wallMs, monotonicMs: Math.max(0, clock.monotonicMs() - agoMs), boot: own, clock: draft.clock },
          time,
        );
  return businessDayAt === undefined ? { at } : { at, businessDayAt };
}

const ownStamp = (at: Stamp, time: DraftClocks | undefined): Stamp => time?.restamped(at) ?? at;

/** The member `clock` with what belongs to it, and how the text starts where nobody knows the time yet. */
function clockWords(
  times: UnsetTimes,
  time: DraftClocks | undefined,
): { readonly start: string; readonly clock: string } {
  const { at, businessDayAt } = times;
  const isUnset = (stamp: Stamp): boolean =>
    stamp.clock === "estimated" && time?.departed(stamp) === undefined;
  if (isUnset(at) || (businessDayAt !== undefined && isUnset(businessDayAt)))
    return { start: unsetWords(times), clock: `"clock":"${unsetClock}"` };
  if (at.clock === "synced") return { start: "", clock: `"clock":"synced"` };
  return { start: "", clock: JSON.stringify({ clock: at.clock, ...monotonicOf(at) }).slice(1, -1) };
}

function factsFor(type: EventTypeName): TypeFacts {
  const facts = typeFacts.get(type);
  if (facts === undefined) throw new Error(`no event is of type ${type}`);
  return facts;
}

/** Tells HQ of a hole that it need not ask for. */
export function lossDraft(loss: Loss, clock: Clock): EventDraft {
  const { stream, epoch, from, to, reason } = loss;
  const data = {
    stream: stream === "tel" ? "tel" : "evt",
    epoch,
    from: String(from),
    to: String(to),
    reason,
  } as const;
  const timeMs = clock.wallMs();
  const subject = `${data.stream}/${data.from}-${data.to}`;
  return { type: "storewire.alert.loss", subject, origin: "outbox", timeMs, clock: clock.quality(), data };
}

/** What the outbox is given when it is opened, so that it can tell of a loss in the transaction that loses. */
export function describeLoss(options: Omit<EnvelopeOptions, "epoch">): (loss: Loss) => Entry {
  return (loss) => envelopes({ ...options, epoch: loss.epoch })(lossDraft(loss, options.clock));
}
