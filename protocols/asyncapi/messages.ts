import { deviceCommandSchema } from "../commands.ts";
import { type PlainSchema, plainSchema } from "../event-schemas.ts";
import {
  batchBytesMax,
  batchEventsMax,
  categoryOf,
  type EventTypeName,
  eventTypes,
  type GatewayState,
  gatewayStateSchema,
  resendSchema,
  watermarkSchema,
} from "../events.ts";
import { orderReplySchema } from "../orders.ts";
import { readingBatchSchema } from "../readings.ts";
import { continueCasesSchema } from "../returns/continue-case.ts";
import { type Category, eventCategories, telemetryCategories } from "../topics.ts";
import { announceParcelsSchema } from "../weighing/announce-parcels.ts";

export const schemasUnder = "#/components/schemas";
export const categories: readonly Category[] = [...eventCategories, ...telemetryCategories];

/** What one MQTT message holds. */
export interface Message {
  readonly title: string;
  readonly payload: PlainSchema;
  readonly contentType?: string;
  readonly example?: { readonly name: string; readonly payload: unknown };
}

/** An example of a state, and what the broker says of a gateway that vanished. */
export const vanished: GatewayState = {
  online: false,
  boot: "5d1f7b0e-6a0c-4f0e-9a54-2f6f0f3b7c11",
  version: "0.1.0",
  since: "2026-11-22T08:00:00.000Z",
  backlog: 0,
  clock: "synced",
  epoch: "01935300-0000-7000-8000-000000000001",
  epochOrdinal: 1,
  sequence: "41872",
  telemetry: "9051",
  watermark: { sequence: "41870", telemetry: "9051" },
  lastWill: true,
};

/** Every message, by the name that channels call it. */
export const messages: Readonly<Record<string, Message>> = {
  ...Object.fromEntries(categories.map((category) => [`${category}Events`, batchMessage(category)])),
  state: {
    title: "How the gateway stands",
    payload: plainSchema(gatewayStateSchema),
    example: { name: "lastWill", payload: vanished },
  },
  watermark: {
    title: "Watermark",
    payload: plainSchema(watermarkSchema),
    example: {
      name: "withGrant",
      payload: {
        epoch: vanished.epoch,
        epochOrdinal: 1,
        sequence: "41870",
        telemetry: vanished.telemetry,
        grant: { eventsPerSecond: 500, validMs: 60_000 },
      },
    },
  },
  resend: {
    title: "Once more, please: from and to are both included",
    payload: plainSchema(resendSchema),
    example: {
      name: "threeEvents",
      payload: { stream: "evt", epoch: vanished.epoch, from: "41870", to: "41872" },
    },
  },
  continueCases: {
    title: "Return cases that another site began",
    payload: plainSchema(continueCasesSchema),
    example: {
      name: "oneCase",
      payload: {
        id: "store-0042-17",
        cases: [
          {
            item: "https://id.gs1.org/01/09521141123454/21/4711",
            case: "01935300-0000-7000-8000-0000000000a1",
            openedMs: 1_795_334_400_000,
            step: "shipped",
            container: "https://id.gs1.org/8003/0952132112345877",
            grade: "B",
            grams: 1_254,
            waits: { solved: { fromMs: 1_795_334_400_000, warned: false } },
          },
        ],
      },
    },
  },
  announceParcels: {
    title: "What parcels should weigh",
    payload: plainSchema(announceParcelsSchema),
    example: {
      name: "oneParcel",
      payload: {
        id: "01935300-0000-7000-8000-0000000000a2-1",
        untilMs: 1_796_544_000_000,
        parcels: [{ sscc: "095211411234567892", kilograms: "12.5" }],
      },
    },
  },
  commandReply: { title: "Done, and on disk", payload: plainSchema(orderReplySchema) },
  readings: { title: "Readings, in the order of their sequence", payload: plainSchema(readingBatchSchema) },
  deviceCommand: {
    title: "An order to one device, done at most once",
    payload: plainSchema(deviceCommandSchema),
    example: { name: "tare", payload: { id: "tare-17", device: "scale-1", task: { kind: "tare" } } },
  },
};

/** The CloudEvents JSON batch format. */
function batchMessage(category: Category): Message {
  const oneOf = typesOf(category).map((type) => ({ $ref: `${schemasUnder}/${type}` }));
  return {
    title: `Events of the category ${category}`,
    contentType: "application/cloudevents-batch+json",
    payload: {
      description: `At most ${batchEventsMax} events or ${batchBytesMax} bytes.`,
      type: "array",
      minItems: 1,
      maxItems: batchEventsMax,
      items: { oneOf },
    },
  };
}

function typesOf(category: Category): readonly EventTypeName[] {
  return (Object.keys(eventTypes) as EventTypeName[]).filter((type) => categoryOf(type) === category);
}
