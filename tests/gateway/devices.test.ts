import { describe, expect, test } from "vitest";
import { deviceService, ownerOf, strangersMax } from "../../gateway/devices/device-service.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import type { DeviceState, Observation } from "../../protocols/readings.ts";
import { pressed, readingsOf, stepper } from "./store.ts";

const health = (state: DeviceState, fault?: string, noiseBytes = 0): Observation => ({
  kind: "health",
  state,
  noiseBytes,
  droppedReadings: 0,
  ...(fault === undefined ? {} : { fault }),
});

const deviceStore = () => {
  const store = stepper(deviceService({ devices: [] }));
  const agents = { agent1: readingsOf("agent1"), agent2: readingsOf("agent2") };
  return {
    ...store,
    say: (observation: Observation, agent: keyof typeof agents = "agent1") =>
      store
        .read(agents[agent]({ device: "scale1", readPoint: "desk", observation }))
        .map(({ type, data }) => ({
          type: type.replace("storewire.", ""),
          ...(data as Record<string, unknown>),
        })),
  };
};

describe("a device's health", () => {
  test("is telemetry on every change and on nothing else", () => {
    const store = deviceStore();
    expect(store.say(health("opening"))).toMatchObject([
      { type: "device.state", device: "scale1", state: "opening" },
    ]);
    expect(store.say(health("opening"))).toEqual([]);
    expect(store.say(health("ready"))).toMatchObject([{ type: "device.state", state: "ready" }]);
    expect(store.say(health("ready", undefined, 17))).toMatchObject([{ noiseBytes: 17 }]);
    expect(store.say(health("degraded", "noisy", 17))).toMatchObject([{ state: "degraded", fault: "noisy" }]);
  });

  test("is an alert with cause and cure when it fails, and one when it is well again", () => {
    const store = deviceStore();
    store.say(health("ready"));
    expect(store.say(health("faulted", "silent"))).toMatchObject([
      { type: "device.state", state: "faulted" },
      {
        type: "alert.device",
        code: "silent",
        cause: "the device stopped answering",
        cure: "Check power and cable; the service tries again by itself.",
        recovered: false,
      },
    ]);
    expect(store.say(health("opening")).map(({ type }) => type)).toEqual(["device.state"]);
    expect(store.say(health("faulted", "silent")).map(({ type }) => type)).toEqual(["device.state"]);
    expect(store.say(health("absent", "device-absent"))).toMatchObject([
      { type: "device.state" },
      { type: "alert.device", code: "device-absent" },
    ]);
    expect(store.say(health("ready"))).toMatchObject([
      { type: "device.state" },
      { type: "alert.device", code: "device-absent", state: "ready", recovered: true },
    ]);
    expect(store.say(health("degraded", "noisy")).map(({ type }) => type)).toEqual(["device.state"]);
  });
});

describe("a printer's status", () => {
  test("is telemetry on change", () => {
    const store = deviceStore();
    const status = { kind: "printer", online: true, paper: "ok", cover: "closed", error: false } as const;
    expect(store.say(status)).toMatchObject([{ type: "device.printer", device: "scale1", paper: "ok" }]);
    expect(store.say(status)).toEqual([]);
    expect(store.say({ ...status, paper: "near-end" })).toMatchObject([{ paper: "near-end" }]);
  });
});

test("the agent that speaks for a device owns it", () => {
  const store = deviceStore();
  store.say(pressed("next"));
  expect(ownerOf(store.documents, "scale1")).toBe("agent1");
  expect(store.say(health("ready"), "agent2")).toHaveLength(1);
  expect(ownerOf(store.documents, "scale1")).toBe("agent2");
  expect(store.say(health("ready"), "agent1")).toHaveLength(1);
  expect(ownerOf(store.documents, "scale1")).toBe("agent1");
  expect(ownerOf(store.documents, "scale2")).toBeUndefined();
});

describe("devices that nobody configured", () => {
  const configured = { id: "scale1" } as DeviceConfig;
  const press = (device: string, reading: ReturnType<typeof readingsOf>) =>
    reading({ device, readPoint: "desk", observation: pressed("a") });

  test("are remembered up to a bound, the first making room, and never at the cost of those that are configured", () => {
    const store = stepper(deviceService({ devices: [configured] }));
    const reading = readingsOf();
    store.read(press("scale1", reading));
    for (let count = 0; count < strangersMax + 10; count += 1) store.read(press(`invented${count}`, reading));
    expect(store.documents.size).toBe(strangersMax + 1);
    expect(ownerOf(store.documents, "scale1")).toBe("agent1");
    expect(ownerOf(store.documents, "invented9")).toBeUndefined();
    expect(ownerOf(store.documents, "invented10")).toBe("agent1");
    // One that is known takes nobody's place.
    store.read(press("invented10", readingsOf("agent2")));
    expect(ownerOf(store.documents, "invented10")).toBe("agent2");
    expect(store.documents.size).toBe(strangersMax + 1);
  });
});
