import Ajv from "ajv";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { envelopes } from "../../gateway/envelope.ts";
import { eventsJsonSchema } from "../../protocols/event-schemas.ts";
import {
  dataSchemaOf,
  type EventDraft,
  type EventTypeName,
  eventSchema,
  eventTypes,
} from "../../protocols/events.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

const types = Object.keys(eventTypes) as EventTypeName[];
const common = { subject: "s", origin: "queue", timeMs: 1_800_000_000_000, clock: "synced" } as const;
const length: EventDraft = {
  ...common,
  type: "storewire.queue.length",
  data: { service: "returns", priorityClass: "regular", waiting: 3 },
};
const drafts: readonly EventDraft[] = [
  length,
  {
    ...common,
    type: "storewire.return.handed-in",
    reading: "01900000-0000-7000-8000-000000000001",
    data: {
      type: "ObjectEvent",
      eventTime: "2026-11-22T15:04:05.000Z",
      eventTimeZoneOffset: "+01:00",
      eventID: "ni:///sha-256;00?ver=CBV2.0",
      action: "OBSERVE",
    },
  },
  {
    ...common,
    type: "storewire.device.state",
    data: { device: "scale-1", state: "ready", noiseBytes: 0, droppedReadings: 0 },
  },
  {
    ...common,
    type: "storewire.alert.loss",
    data: { stream: "tel", epoch: "e1", from: "1", to: "9", reason: "full" },
  },
];

const toEvent = envelopes({
  name: { site: "store-1001", gateway: "gw-001" },
  epoch: "e1",
  clock: new ManualClock(),
  random: seededRandom(1),
  boot: "boot1",
});
const eventOf = (draft: EventDraft, sequence = 7): Record<string, unknown> =>
  JSON.parse(toEvent(draft).body(sequence)) as Record<string, unknown>;

function validator() {
  const ajv = new Ajv.default({ allErrors: true, strict: true, strictRequired: false });
  addFormats.default(ajv);
  return { ajv, validate: ajv.compile(eventsJsonSchema()) };
}

describe("the published schemas of events", () => {
  it("take what a gateway sends, in a strict validator", () => {
    const { validate } = validator();
    for (const draft of drafts) {
      expect(validate(eventOf(draft)) || validate.errors, draft.type).toBe(true);
    }
  });

  it.each<[string, object]>([
    ["data that is not of its type", { data: { service: "returns", priorityClass: "regular" } }],
    ["a type that there is not", { type: "storewire.queue.lenght" }],
    ["the type of other data", { type: "storewire.queue.ticket.issued" }],
    ["another name of the data's schema", { dataschema: "urn:storewire:schema:v1:storewire.device.state" }],
    ["a sequence as a number", { sequence: 7 }],
    ["no sequence", { sequence: undefined }],
    ["a source without a device or service", { source: "/store-1001/gw-001" }],
  ])("refuse %s", (_words, change) => {
    const { validate } = validator();
    const wrong: unknown = JSON.parse(JSON.stringify({ ...eventOf(length), ...change }));
    expect(validate(wrong)).toBe(false);
  });

  it("take members of a later version, as the receiver does", () => {
    const { validate } = validator();
    const later = { ...eventOf(length), traceparent: "00-0-0-00", data: { ...length.data, longestMs: 1 } };
    expect(validate(later) || validate.errors).toBe(true);
    expect(eventSchema.safeParse(later).success).toBe(true);
  });

  it("hold the data of every type under the name that its events say", () => {
    const { ajv } = validator();
    const own = types.filter((type) => !type.startsWith("storewire.return."));
    expect(own.filter((type) => ajv.getSchema(dataSchemaOf(type)) === undefined)).toEqual([]);
    const bare = ajv.getSchema("urn:storewire:schema:v1:storewire.queue.length");
    expect(bare?.(length.data)).toBe(true);
    expect(bare?.({})).toBe(false);
  });

  it("say in words what each event is", () => {
    const definitions = eventsJsonSchema()["definitions"] as Record<string, { description?: string }>;
    for (const type of types) expect(definitions[type]?.description, type).toMatch(/^[A-Z].*\.$/);
  });
});
