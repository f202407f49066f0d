import { afterEach, describe, expect, test } from "vitest";
import { SpoolSink } from "../../../edge-agent/spool-sink.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import { type Reading, readingBatchSchema, type Stamp } from "../../../protocols/readings.ts";
import { localTopics } from "../../../protocols/topics.ts";
import { SimulatedBroker } from "../../../simulators/network/simulated-broker.ts";
import { pressed, readingsOf, silentLog } from "../store.ts";
import { type Box, bootMs, Ear, holdMsMax, startBox } from "./unset-box.ts";

const boxes: Box[] = [];
afterEach(async () => {
  for (const { gateway } of boxes.splice(0)) await gateway.close();
});

/** A gateway whose clock is set, and a kiosk on a box of its own behind a spool and the store's network. */
async function start(change: { readonly quality?: "synced" | "estimated" } = {}) {
  const ear = new Ear();
  await ear.open(true);
  const box = await startBox({ ear, quality: change.quality ?? "synced" });
  boxes.push(box);
  const network = new SimulatedBroker();
  await network.connect().subscribe([localTopics.reading("agent2")], ({ payload }) => {
    const readings = readingBatchSchema.parse(JSON.parse(new TextDecoder().decode(payload)));
    void box.gateway.sink.accept(readings);
  });
  const disk = new MemoryDisk("spool");
  const link = network.connect();
  const outbox = await openMemoryOutbox({ clock: box.clock, disk });
  const sink = new SpoolSink({ agent: "agent2", outbox, link, clock: box.clock, log: silentLog });
  const kiosk = new Kiosk(box, sink);
  return { ear, box, link, kiosk };
}

/** It was switched on with the gateway's box unless the test says otherwise; its clock shows 1970. */
class Kiosk {
  readonly #box: Box;
  readonly #sink: SpoolSink;
  readonly #reading = readingsOf("agent2");
  boot = "kiosk-boot-1";
  #bootedMs: number;

  constructor(box: Box, sink: SpoolSink) {
    this.#box = box;
    this.#sink = sink;
    this.#bootedMs = box.clock.monotonicMs();
  }

  reboot(boot: string): void {
    this.boot = boot;
    this.#bootedMs = this.#box.clock.monotonicMs();
  }

  async press(clock: Stamp["clock"] = "estimated"): Promise<Reading> {
    const monotonicMs = this.#box.clock.monotonicMs() - this.#bootedMs;
    const zeroMs = clock === "synced" ? bootMs + this.#bootedMs : 0;
    const at = { wallMs: zeroMs + monotonicMs, monotonicMs, boot: this.boot, clock };
    const reading = this.#reading({
      device: "kiosk1",
      readPoint: "kiosk",
      observation: pressed("returns"),
      at,
    });
    await this.#sink.accept([reading]);
    return reading;
  }
}

const timesOf = (ear: Ear) =>
  ear.of("storewire.queue.ticket.issued").map(({ time, clock }) => `${clock} ${time.slice(11, 19)}`);

describe("an agent on a box of its own whose clock is not set", () => {
  test("is served at once; its events wait, and leave with the time that its next reading tells", async () => {
    const { ear, box, kiosk } = await start();
    await box.clock.turn(10_000);
    await kiosk.press();
    await box.clock.turn(60_000);
    expect(box.gateway.status().queue[0]).toMatchObject({ waiting: 1 });
    expect(box.gateway.status().pendingCommands).toBe(1);
    expect(timesOf(ear)).toEqual([]);
    await kiosk.press("synced");
    await box.clock.turn(1_000);
    expect(timesOf(ear)).toEqual(["synced 09:00:10", "synced 09:01:10"]);
  });

  test("spools for hours, is set, and delivers: each reading has its own time from the start", async () => {
    const { ear, box, link, kiosk } = await start();
    link.cut("the switch in the cupboard is off");
    await kiosk.press();
    await box.clock.turn(2 * 3_600_000);
    await kiosk.press();
    await kiosk.press("synced");
    link.restore();
    await box.clock.turn(1_000);
    expect(timesOf(ear)).toEqual(["synced 09:00:00", "synced 11:00:00", "synced 11:00:00"]);
  });

  test("and never is leaves after the wait by our clock, as its fastest message tells, and somebody is told", async () => {
    const { ear, box, link, kiosk } = await start();
    link.cut("");
    await kiosk.press();
    await box.clock.turn(30_000);
    link.restore();
    await box.clock.turn(10_000);
    await kiosk.press();
    await box.clock.turn(holdMsMax - 12_000);
    expect(timesOf(ear)).toEqual([]);
    await box.clock.turn(5_000);
    expect(timesOf(ear)).toEqual(["estimated 09:00:00", "estimated 09:00:40"]);
    expect(ear.of("storewire.alert.gateway")).toMatchObject([
      { clock: "synced", data: { code: "clock-unset", boot: "kiosk-boot-1", agent: "agent2" } },
    ]);
    await kiosk.press();
    await box.clock.turn(0);
    expect(timesOf(ear).slice(2)).toEqual(["estimated 09:10:33"]);
  });

  test("and is switched off and on again keeps nobody waiting for a clock that nobody can set any more", async () => {
    const { ear, box, kiosk } = await start();
    await kiosk.press();
    await box.clock.turn(20_000);
    kiosk.reboot("kiosk-boot-2");
    await kiosk.press("synced");
    await box.clock.turn(1_000);
    expect(timesOf(ear)).toEqual(["estimated 09:00:00", "synced 09:00:20"]);
  });
});

describe("an agent whose clock is set while the gateway's is not", () => {
  test("tells the gateway that it is not earlier than that", async () => {
    const { ear, box, kiosk } = await start({ quality: "estimated" });
    await box.clock.turn(5_000);
    await kiosk.press("synced");
    await box.clock.turn(1_000);
    await box.see("kiosk1", "kiosk", pressed("returns"));
    expect(timesOf(ear)).toEqual(["synced 09:00:05"]);
    await box.clock.turn(holdMsMax + 1_000);
    expect(timesOf(ear)).toEqual(["synced 09:00:05", "estimated 09:00:06"]);
  });
});
