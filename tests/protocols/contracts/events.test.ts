import { describe, expect, it } from "vitest";
import {
  batchBytesMax,
  batchEventsMax,
  categoryOf,
  type EventTypeName,
  eventSchema,
  eventTypes,
  gatewayStateSchema,
  isEventCategory,
  resendSchema,
  type StorewireEvent,
  watermarkSchema,
} from "../../../protocols/events.ts";
import { streamOf } from "../../../protocols/topics.ts";

const types = Object.keys(eventTypes) as EventTypeName[];
const event: StorewireEvent = {
  specversion: "1.0",
  id: "01932f3e-7a5c-7b6d-8e9f-0a1b2c3d4e5f",
  source: "/store-1001/gw-001/queue",
  type: "storewire.queue.length",
  subject: "returns",
  time: "2026-11-22T15:04:05.123Z",
  datacontenttype: "application/json",
  dataschema: "https://storewire.example/schema",
  gateway: "gw-001",
  epoch: "e1",
  sequence: "9223372036854775807",
  clock: "synced",
  data: { service: "returns", priorityClass: "regular", waiting: 3 },
};

describe("event types", () => {
  it("lie in the category that their name says", () => {
    for (const type of types) {
      expect(type).toMatch(/^storewire\.(return|queue|weighing|alert|device|gateway)\.[a-z-]+(\.[a-z-]+)?$/);
      expect(type.split(".")[1]).toBe(categoryOf(type));
    }
    expect(types.length).toBeGreaterThan(15);
  });

  it("are events or telemetry, and never thinned when events", () => {
    for (const type of types) {
      const category = categoryOf(type);
      expect(streamOf(category)).toBe(isEventCategory(category) ? "evt" : "tel");
    }
    expect(isEventCategory("return") && isEventCategory("queue") && isEventCategory("alert")).toBe(true);
    expect(isEventCategory("device") || isEventCategory("gateway")).toBe(false);
  });
});

describe("the envelope", () => {
  it("is CloudEvents 1.0 with our extensions", () => {
    expect(eventSchema.parse(event)).toEqual(event);
  });

  it.each<[string, object]>([
    ["another version", { specversion: "0.3" }],
    ["a sequence as a number, which JSON would round", { sequence: 1 }],
    ["sequence 0", { sequence: "0" }],
    ["a sequence with leading zeros", { sequence: "01" }],
    ["a sequence beyond 64 bits", { sequence: "10000000000000000000" }],
    ["a source of two parts", { source: "/store-1001/gw-001" }],
    ["an unknown type", { type: "storewire.weather" }],
    ["a local time", { time: "2026-11-22 15:04" }],
  ])("refuses %s", (_, change) => {
    expect(eventSchema.safeParse({ ...event, ...change }).success).toBe(false);
  });

  it("has extension names as CloudEvents wants them: lower-case letters and digits", () => {
    const names = Object.keys(eventSchema.shape);
    expect(names.filter((name) => !/^[a-z0-9]{1,20}$/.test(name))).toEqual([]);
  });
});

describe("what goes with the events", () => {
  it("keeps the batch limits of the design", () => {
    expect([batchEventsMax, batchBytesMax]).toEqual([256, 131_072]);
  });

  it("reads a watermark from an HQ that knows no telemetry", () => {
    expect(watermarkSchema.parse({ epoch: "e1", sequence: "17" })).toEqual({
      epoch: "e1",
      sequence: "17",
      telemetry: "0",
    });
    expect(watermarkSchema.safeParse({ epoch: "e1", sequence: "-1" }).success).toBe(false);
  });

  it("asks for events again unless told otherwise", () => {
    expect(resendSchema.parse({ epoch: "e1", from: "1", to: "2" }).stream).toBe("evt");
    expect(resendSchema.safeParse({ epoch: "e1", from: "0", to: "2" }).success).toBe(false);
  });

  it("says of a gateway where both of its streams end", () => {
    const state = {
      online: true,
      boot: "b",
      version: "0.1.0",
      since: "2026-11-22T15:04:05Z",
      backlog: 0,
      clock: "estimated",
      epoch: "e1",
      sequence: "0",
      telemetry: "12",
    };
    expect(gatewayStateSchema.parse(state)).toEqual(state);
    expect(gatewayStateSchema.safeParse({ ...state, sequence: undefined }).success).toBe(false);
  });
});
