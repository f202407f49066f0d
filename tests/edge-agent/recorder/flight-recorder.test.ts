import { describe, expect, it } from "vitest";
import {
  FlightRecorder,
  openingBytesMax,
  openingEntriesMax,
} from "../../../edge-agent/recorder/flight-recorder.ts";
import { ringEntriesMax } from "../../../edge-agent/recorder/flight-ring.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../../protocols/transport.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";

const silent: TransportListener = { bytes: () => {}, edge: () => {}, closed: () => {} };

/** A transport whose device says whatever the test wants. */
class Cable implements Transport {
  device: TransportListener = silent;
  answers: Opening | undefined;
  early: Uint8Array | undefined;
  readonly sent: string[] = [];

  async open(listener: TransportListener): Promise<Opening> {
    this.device = listener;
    if (this.early !== undefined) listener.bytes(this.early);
    const note = (what: string) => () => {
      this.sent.push(what);
      return Promise.resolve();
    };
    const connection: Connection = {
      send: note("send"),
      sendFeature: note("feature"),
      setLine: note("line"),
      close: note("close"),
    };
    return this.answers ?? { ok: true, connection };
  }
}

async function opened(cable: Cable, recorder: FlightRecorder, listener = silent): Promise<Connection> {
  const opening = await recorder.tap(cable).open(listener);
  if (!opening.ok) throw new Error("the cable of this test opens");
  return opening.connection;
}

const kinds = (recorder: FlightRecorder): string[] =>
  recorder.facts().map(({ fact }) => `${fact.direction} ${fact.kind}`);

describe("the flight recorder", () => {
  it("hears everything that passes, with its time, and lets it pass", async () => {
    const clock = new ManualClock();
    const recorder = new FlightRecorder(clock);
    const cable = new Cable();
    const heard: string[] = [];
    const connection = await opened(cable, recorder, {
      bytes: (bytes) => heard.push(`bytes ${bytes.length}`),
      edge: (line, active) => heard.push(`${line} ${active}`),
      closed: ({ code }) => heard.push(code),
    });
    await clock.turn(5);
    await connection.send(Uint8Array.of(1, 2));
    await connection.sendFeature(Uint8Array.of(254, 3));
    await connection.setLine("lamp", true);
    await clock.turn(10);
    cable.device.bytes(Uint8Array.of(3));
    cable.device.edge("button", false);
    recorder.command({ id: "c1", device: "d", task: { kind: "tare" } });
    cable.device.closed({ code: "connection-lost", detail: "unplugged" });
    await connection.close();
    await connection.close();
    expect(recorder.facts()).toEqual([
      { timeMs: 0, fact: { direction: "in", kind: "opened" } },
      { timeMs: 5, fact: { direction: "out", kind: "bytes", hex: "0102" } },
      { timeMs: 5, fact: { direction: "out", kind: "feature", hex: "fe03" } },
      { timeMs: 5, fact: { direction: "out", kind: "line", line: "lamp", active: true } },
      { timeMs: 15, fact: { direction: "in", kind: "bytes", hex: "03" } },
      { timeMs: 15, fact: { direction: "in", kind: "edge", line: "button", active: false } },
      {
        timeMs: 15,
        fact: {
          direction: "out",
          kind: "command",
          command: { id: "c1", device: "d", task: { kind: "tare" } },
        },
      },
      {
        timeMs: 15,
        fact: { direction: "in", kind: "closed", fault: "connection-lost", detail: "unplugged" },
      },
      { timeMs: 15, fact: { direction: "out", kind: "closed" } },
    ]);
    expect(heard).toEqual(["bytes 1", "button false", "connection-lost"]);
    expect(cable.sent).toEqual(["send", "feature", "line", "close", "close"]);
  });

  it("puts what a device says before its opening is told behind the beginning", async () => {
    const recorder = new FlightRecorder(new ManualClock());
    const cable = new Cable();
    cable.early = Uint8Array.of(7);
    await opened(cable, recorder);
    expect(kinds(recorder)).toEqual(["in opened", "in bytes"]);
  });

  it("says once that a device is away, until something else happens", async () => {
    const recorder = new FlightRecorder(new ManualClock());
    const cable = new Cable();
    cable.answers = { ok: false, fault: { code: "device-absent", detail: "no such node" } };
    for (let tries = 0; tries < 5; tries += 1) await recorder.tap(cable).open(silent);
    expect(kinds(recorder)).toEqual(["in refused"]);
    cable.answers = { ok: false, fault: { code: "port-in-use", detail: "locked" } };
    await recorder.tap(cable).open(silent);
    cable.answers = { ok: false, fault: { code: "device-absent", detail: "no such node" } };
    await recorder.tap(cable).open(silent);
    expect(kinds(recorder)).toEqual(["in refused", "in refused", "in refused"]);
  });

  it("keeps how the newest connection began, however much came since, and says how much is missing", async () => {
    const recorder = new FlightRecorder(new ManualClock());
    const cable = new Cable();
    await opened(cable, recorder);
    const connection = await opened(cable, recorder);
    await connection.send(Uint8Array.of(0xaa));
    for (let at = 0; at < ringEntriesMax + openingEntriesMax; at += 1) cable.device.bytes(Uint8Array.of(1));
    const facts = recorder.facts();
    expect(facts.slice(0, 2).map(({ fact }) => fact)).toEqual([
      { direction: "in", kind: "opened" },
      { direction: "out", kind: "bytes", hex: "aa" },
    ]);
    const kept = facts.slice(0, openingEntriesMax);
    expect(kept.every(({ fact }) => fact.kind !== "gap")).toBe(true);
    // Between the beginning that is kept and the ring; what came before this connection is not missed.
    expect(facts[openingEntriesMax]?.fact).toEqual({ direction: "in", kind: "gap", entries: 2 });
    expect(facts).toHaveLength(openingEntriesMax + 1 + ringEntriesMax);
  });

  it("keeps of a beginning no more bytes than it may", async () => {
    const recorder = new FlightRecorder(new ManualClock());
    const cable = new Cable();
    await opened(cable, recorder);
    cable.device.bytes(new Uint8Array(openingBytesMax));
    for (let at = 0; at < ringEntriesMax; at += 1) cable.device.bytes(Uint8Array.of(1));
    expect(kinds(recorder).slice(0, 3)).toEqual(["in opened", "in gap", "in bytes"]);
  });

  it("tells a listener what comes, until it is cancelled", async () => {
    const recorder = new FlightRecorder(new ManualClock());
    const cable = new Cable();
    const heard: string[] = [];
    await opened(cable, recorder);
    const stop = recorder.listen(({ fact }) => heard.push(fact.kind));
    cable.device.bytes(Uint8Array.of(1));
    stop();
    cable.device.edge("a", true);
    expect(heard).toEqual(["bytes"]);
  });
});
