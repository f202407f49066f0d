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
import { type Category, type GatewayName, type Stream, streamOf } from "../protocols/topics.ts";

/** The gateway's own name on each event, and what its ids are made from. */
export interface EnvelopeOptions {
  readonly name: GatewayName;
  /** The outbox's: sequences are only comparable within it. */
  readonly epoch: string;
  readonly clock: Clock;
  readonly random: Random;
}

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
export function envelopes(options: EnvelopeOptions): (draft: EventDraft) => Entry {
  const { site, gateway } = options.name;
  const source = `/${site}/${gateway}`;
  const place = `"gateway":${JSON.stringify(gateway)},"epoch":${JSON.stringify(options.epoch)}`;
  return (draft) => {
    const facts = factsFor(draft.type);
    // Joined by hand, because the sequence is known only inside the outbox and nothing is serialised twice.
    const head =
      `{"specversion":"1.0","id":"${newId(options.clock, options.random)}"` +
      `,"source":${JSON.stringify(`${source}/${draft.origin}`)},"type":"${draft.type}"` +
      `,"subject":${JSON.stringify(draft.subject)},"time":"${new Date(draft.timeMs).toISOString()}"` +
      `,"datacontenttype":"application/json","dataschema":"${facts.dataSchema}",${place},"sequence":"`;
    const cause = draft.reading === undefined ? "" : `,"reading":"${draft.reading}"`;
    const tail = `","clock":"${draft.clock}"${cause},"data":${JSON.stringify(draft.data)}}`;
    return {
      stream: facts.stream,
      category: facts.category,
      body: (sequence) => `${head}${sequence}${tail}`,
    };
  };
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
