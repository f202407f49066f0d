import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { decodeLine } from "../../cli/decode.ts";
import type { RunningSession } from "../../drivers/driver.ts";
import { hidSayingSchema } from "../../drivers/transports/hid-messages.ts";
import { streamConnection } from "../../drivers/transports/stream-connection.ts";
import {
  closeMsMax,
  DeviceConnection,
  earlyInputsMax,
  effectsWaitingMax,
  farewellMsMax,
} from "../../edge-agent/device-connection.ts";
import { Fifo } from "../../edge-agent/fifo.ts";
import { lifeline } from "../../protocols/lifeline.ts";
import type { Connection } from "../../protocols/transport.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

describe("the bytes between us and a device", () => {
  it("wait for a slow wire up to a mebibyte; what comes then fails, and what comes after the wire moved is sent", async () => {
    const wire: { take: () => void } = { take: () => {} };
    const stream = new Writable({
      highWaterMark: 16,
      write: (_bytes, _encoding, done) => {
        wire.take = done;
      },
    });
    const silence = { bytes: () => {}, edge: () => {}, closed: () => {} };
    const connection = streamConnection(stream, lifeline(silence), () => Promise.resolve());
    const half = new Uint8Array(512 * 1024);
    const sent = [connection.send(half), connection.send(half)];
    await expect(connection.send(new Uint8Array(1))).rejects.toThrow(
      "the wire is stuck: 1048576 bytes wait already",
    );
    wire.take();
    await sent[0];
    await Promise.resolve();
    const later = connection.send(new Uint8Array(1));
    wire.take();
    await sent[1];
    wire.take();
    await later;
  });

  it("come in HID reports of 16 KiB at most; what claims to be longer is not the process that we started", () => {
    const report = (length: number) =>
      hidSayingSchema.safeParse({ kind: "report", connection: 1, bytes: new Uint8Array(length) }).success;
    expect([report(16_384), report(16_385)]).toEqual([true, false]);
  });

  it("are decoded from lines of four million characters at most", () => {
    const zeros = "00".repeat(2 * 1024 * 1024);
    expect(decodeLine("epc", zeros)).not.toMatchObject({ error: "a line of 4194304 characters is too long" });
    expect(decodeLine("epc", `${zeros}0`)).toEqual({
      ok: false,
      code: "length",
      error: "a line of 4194305 characters is too long",
    });
  });
});

describe("a device's connection", () => {
  const listener = (session: RunningSession, clock = new ManualClock()) => {
    const heard: string[] = [];
    const note = (what: string) => (): void => void heard.push(what);
    const connection = new DeviceConnection(
      session,
      {
        ready: note("ready"),
        degraded: note("degraded"),
        healthy: note("healthy"),
        observe: note("observe"),
        noise: note("noise"),
        answer: note("answer"),
        over: (how, { code, detail }) => heard.push(`${how} ${code}: ${detail}`),
        broke: note("broke"),
      },
      clock,
    );
    return { connection, heard };
  };
  const stuck: Connection = {
    send: () => new Promise(() => {}),
    sendFeature: () => new Promise(() => {}),
    setLine: () => new Promise(() => {}),
    close: () => Promise.resolve(),
  };

  it("is given up when more waits behind a send than may", () => {
    const { connection, heard } = listener({
      step: ({ kind }) =>
        kind === "opened" ? [{ kind: "send", bytes: new Uint8Array(1) }] : [{ kind: "healthy" }],
    });
    connection.begin(stuck);
    const say = (): void => connection.listener.bytes(new Uint8Array(1));
    for (let count = 0; count < effectsWaitingMax; count += 1) say();
    expect(heard).toEqual([]);
    say();
    expect(heard).toContain("gave-up silent: the device takes no bytes");
  });

  it("waits five seconds for a close that hangs", async () => {
    const clock = new ManualClock();
    const { connection } = listener({ step: () => [] }, clock);
    connection.begin({ ...stuck, close: () => new Promise(() => {}) });
    let closed = false;
    void connection.close().then(() => {
      closed = true;
    });
    await clock.turn(closeMsMax - 1);
    expect(closed).toBe(false);
    await clock.turn(1);
    expect(closed).toBe(true);
  });

  it("waits half a second for a farewell that hangs", async () => {
    const clock = new ManualClock();
    const farewell = Uint8Array.of(0xbb);
    const { connection } = listener({ step: () => [], farewell: () => farewell }, clock);
    const done: unknown[] = [];
    const hangs = (bytes: Uint8Array) => {
      done.push(bytes);
      return new Promise<void>(() => {});
    };
    const close = () => Promise.resolve(void done.push("closed"));
    connection.begin({ ...stuck, send: hangs, close });
    void connection.close();
    await clock.turn(farewellMsMax - 1);
    expect(done).toEqual([farewell]);
    await clock.turn(1);
    expect(done).toEqual([farewell, "closed"]);
  });

  it("is closed all the same when its driver cannot say farewell", async () => {
    const broken = (): Uint8Array => {
      throw new Error("no words");
    };
    const { connection, heard } = listener({ step: () => [], farewell: broken });
    let closed = false;
    connection.begin({ ...stuck, close: () => Promise.resolve(void (closed = true)) });
    await connection.close();
    expect([closed, heard]).toEqual([true, ["broke"]]);
  });

  it("is given up when its transport says more before it is open than may be", () => {
    const steps: string[] = [];
    const { connection, heard } = listener({
      step: ({ kind }) => {
        steps.push(kind);
        return [];
      },
    });
    for (let count = 0; count < earlyInputsMax; count += 1) connection.listener.bytes(new Uint8Array(1));
    expect(heard).toEqual([]);
    connection.listener.bytes(new Uint8Array(1));
    expect(heard).toEqual(["gave-up driver-broken: the transport speaks before it is open"]);
    expect(steps).toEqual([]);
  });
});

describe("a queue", () => {
  it("holds no memory for what has left it", () => {
    const queue = new Fifo<number>();
    queue.push(0);
    const before = process.memoryUsage().heapUsed;
    for (let count = 1; count <= 8_000_000; count += 1) {
      queue.push(count);
      queue.shift();
    }
    expect(queue.length).toBe(1);
    // Eight million emptied places would be 64 MB.
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(32_000_000);
  });
});
