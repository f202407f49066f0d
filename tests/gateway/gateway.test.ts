import { afterEach, describe, expect, test } from "vitest";
import { MemoryDisk, openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { type Salvage, salvageNotes } from "../../outbox/salvage-report.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import { gatewayStateSchema } from "../../protocols/events.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { waitUntil } from "../wait-until.ts";
import { GatedOutbox } from "./gated-outbox.ts";
import { eventsOf, pressed, readingsOf, scanned, storeConfiguration } from "./store.ts";
import { type GatewayStore, type RunningStore, startStore } from "./store-gateway.ts";

const running: RunningStore[] = [];
afterEach(async () => {
  for (const { gateway } of running.splice(0)) await gateway.close();
});

async function start(store: GatewayStore = {}): Promise<RunningStore> {
  const started = await startStore(store);
  running.push(started);
  return started;
}

const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };
const item = { device: "scanner1", readPoint: "desk", observation: scanned("0180614141123458216789", "]d2") };

/** HQ's ear: everything that arrives on the three event topics and the two of telemetry. */
async function listen(headquarters: SimulatedBroker): Promise<string[]> {
  const types: string[] = [];
  await headquarters
    .connect()
    .subscribe(["storewire/v1/+/+/evt/+", "storewire/v1/+/+/tel/+"], ({ payload }) => {
      for (const { type } of JSON.parse(new TextDecoder().decode(payload)) as { type: string }[])
        types.push(type);
    });
  return types;
}

describe("a gateway", () => {
  test("takes readings from the same process and delivers events to HQ", async () => {
    const headquarters = new SimulatedBroker();
    const heard = await listen(headquarters);
    const { gateway, clock } = await start({ headquarters });
    const reading = readingsOf();
    await gateway.sink.accept([reading(item), reading(press)]);
    await clock.turn(0);
    expect([...heard].sort()).toEqual([
      "storewire.gateway.started",
      "storewire.queue.ticket.issued",
      "storewire.return.handed-in",
    ]);
    expect(gateway.status()).toMatchObject({
      uplinkUp: true,
      backlog: 3,
      cases: 1,
      pendingCommands: 1,
      positions: { evt: { last: 2, settled: 0 }, tel: { last: 1, settled: 0 } },
      queue: expect.arrayContaining([{ service: "returns", priorityClass: "regular", waiting: 1 }]),
    });
  });

  test("hands commands to the agent in its own process until they are answered", async () => {
    const taken: DeviceCommand[] = [];
    const { gateway, clock } = await start({
      options: { commandTarget: { take: (command) => taken.push(command) } },
    });
    const reading = readingsOf();
    await gateway.sink.accept([reading(press)]);
    expect(taken.map(({ device }) => device)).toEqual(["printer1"]);
    await clock.turn(10_000);
    expect(taken).toHaveLength(3);
    const answer = { kind: "answer", command: taken[0]?.id ?? "", outcome: "done" } as const;
    await gateway.sink.accept([reading({ device: "printer1", readPoint: "kiosk", observation: answer })]);
    await clock.turn(60_000);
    expect(taken).toHaveLength(3);
    expect(new Set(taken.map(({ id }) => id)).size).toBe(1);
  });

  test("goes on after a start where it was: tickets, cases, commands and what HQ lacks", async () => {
    const disk = new MemoryDisk("ours");
    const clock = new ManualClock();
    const taken: string[] = [];
    const open = async (headquarters: SimulatedBroker) =>
      start({
        headquarters,
        clock,
        outbox: new GatedOutbox(await openMemoryOutbox({ clock, disk })),
        options: { commandTarget: { take: ({ id }) => taken.push(id) } },
      });
    const reading = readingsOf();
    const before = await open(new SimulatedBroker());
    const first = reading(press);
    await before.gateway.sink.accept([first, reading(item)]);
    // No goodbye: the process is killed here, and the next one finds the disk as it is.
    const headquarters = new SimulatedBroker();
    const heard = await listen(headquarters);
    const after = await open(headquarters);
    await after.gateway.sink.accept([first]);
    await clock.turn(0);
    expect(taken).toHaveLength(2);
    expect(new Set(taken).size).toBe(1);
    expect(heard.filter((type) => type === "storewire.queue.ticket.issued")).toHaveLength(1);
    await after.gateway.sink.accept([reading(press), reading({ ...item, atMs: 500 })]);
    const events = await eventsOf(after.outbox);
    expect(events.filter(({ type }) => type === "storewire.return.handed-in")).toHaveLength(1);
    expect(events.filter(({ type }) => type.endsWith("issued")).map(({ data }) => data)).toMatchObject([
      { number: "A-001" },
      { number: "A-002" },
    ]);
    expect(events.map(({ sequence }) => Number(sequence))).toEqual(events.map((_, index) => index + 1));
  });

  test("tells HQ of a store that had to be put aside: what is gone, and what comes under another epoch", async () => {
    const salvage: Salvage = {
      reason: "page 7 is damaged",
      movedTo: "/var/lib/storewire/gateway.db.broken-1",
      epoch: "before",
      newEpoch: "memory",
      streams: [
        { stream: "evt", settledKnown: true, moved: [{ from: 5, to: 8 }], lost: [{ from: 9, to: 9 }] },
        { stream: "tel", settledKnown: true, moved: [], lost: [] },
      ],
      documentsSaved: 3,
      marksSaved: 1,
      lostDocuments: ["queue/A"],
      lostMarks: [],
      damagedPages: 1,
      stateInDoubt: false,
    };
    const startReport = { file: "replaced", salvages: [salvage] } as const;
    const clock = new ManualClock();
    const outbox = new GatedOutbox(await openMemoryOutbox({ clock }));
    await outbox.commit({ documents: [{ ...salvageNotes, value: "[]" }] });
    await start({ options: { startReport }, clock, outbox });
    await waitUntil("the alert is written", () => outbox.position("evt").last > 0);
    const moved = "the outbox was damaged; sent again under epoch memory";
    const gone = "the outbox was damaged, and this part of it is gone";
    const hole = { stream: "evt", epoch: "before" };
    expect(await eventsOf(outbox)).toMatchObject([
      {
        type: "storewire.alert.gateway",
        data: {
          code: "outbox-broken",
          movedTo: salvage.movedTo,
          endedEpoch: "before",
          eventsSaved: 4,
          eventsLost: 1,
          lostDocuments: ["queue/A"],
        },
      },
      { type: "storewire.alert.loss", data: { ...hole, from: "9", to: "9", reason: gone } },
      { type: "storewire.alert.loss", data: { ...hole, from: "5", to: "8", reason: moved } },
    ]);
    expect(await eventsOf(outbox, "tel")).toMatchObject([{ data: { store: "replaced", version: "0.1.0" } }]);
    await waitUntil("it is noted that it was told", async () => {
      return (await outbox.documents(salvageNotes.collection)).size === 0;
    });
  });

  test("tells HQ of a bit that had to be put right", async () => {
    const startReport = { file: "existing", mended: "frame 7" } as const;
    const { outbox } = await start({ options: { startReport } });
    await waitUntil("the alert is written", () => outbox.position("evt").last > 0);
    expect(await eventsOf(outbox)).toMatchObject([
      {
        type: "storewire.alert.gateway",
        data: { code: "outbox-mended", cause: expect.stringContaining("frame 7") },
      },
    ]);
  });

  test("asks for a new start when HQ has more than the outbox made, and tells of it after that", async () => {
    const headquarters = new SimulatedBroker();
    const restarts: string[] = [];
    const ack = JSON.stringify({ epoch: "memory", sequence: "5", telemetry: "0" });
    await headquarters.connect().publish("storewire/v1/store-0042/gw1/ack", ack, { retain: true });
    const options = { restart: (reason: string) => restarts.push(reason) };
    const { outbox } = await start({ headquarters, options });
    await waitUntil("the new start is asked for", () => restarts.length > 0);
    expect([restarts, await outbox.documents("outbox")]).toEqual([
      ["outbox-outrun"],
      new Map([["outrun", "true"]]),
    ]);

    const next = await start({ options: { startReport: { file: "existing", outrunEpoch: "memory" } } });
    await waitUntil("the alert is written", () => next.outbox.position("evt").last > 0);
    expect(await eventsOf(next.outbox)).toMatchObject([
      { type: "storewire.alert.gateway", data: { code: "outbox-outrun", outrunEpoch: "memory" } },
    ]);
  });

  test("ends in order: finishes what is on its way, says goodbye, and takes nothing more", async () => {
    const { gateway, outbox, headquarters } = await startStore();
    const reading = readingsOf();
    outbox.hold();
    const accepted = gateway.sink.accept([reading(press)]);
    await new Promise((resolve) => setImmediate(resolve));
    const closed = gateway.close();
    outbox.release();
    await Promise.all([accepted, closed]);
    const state = gatewayStateSchema.parse(
      JSON.parse(headquarters.retained("storewire/v1/store-0042/gw1/state") ?? ""),
    );
    expect(state).toMatchObject({ online: false, sequence: "1", backlog: 2 });
    await expect(gateway.sink.accept([reading(press)])).rejects.toThrow("closing");
  });

  test("needs no broker of its own where the agent is in the same process", async () => {
    const configuration = storeConfiguration((site) => {
      site.gateway.broker = { enabled: false };
    });
    const { gateway } = await start({ configuration });
    expect(gateway.brokerPort).toBeUndefined();
    await gateway.sink.accept([readingsOf()(press)]);
    expect(gateway.status()).toMatchObject({ broker: undefined, pendingCommands: 1 });
  });
});
