import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { join, toHex } from "../../../protocols/stream/bytes.ts";
import type { Connection, Transport, TransportListener } from "../../../protocols/transport.ts";
import type { Recording } from "./recording-listener.ts";
import { recordingListener } from "./recording-listener.ts";
import { waitUntil } from "./wait-until.ts";

/** A transport with a device behind it that the test plays. */
export interface TransportBench {
  readonly transport: Transport;
  unplug(): Promise<void>;
  replug(): Promise<void>;
  close(): Promise<void>;
}

/** What a kind of transport can do beyond the common; the suite holds the rest to be refused. */
export interface Abilities {
  /** Carries bytes; GPIO does not. */
  readonly bytes?: {
    /** Each `say` arrives as one chunk (HID); a stream may cut anywhere. */
    readonly reports: boolean;
    readonly features: boolean;
  };
  readonly lines?: boolean;
  /** A second opening is refused while the first lasts. */
  readonly exclusive?: boolean;
}

export interface ByteBench extends TransportBench {
  say(bytes: Uint8Array): void;
  heard(): Uint8Array;
  features(): readonly Uint8Array[];
}

/** Lines named `button` (input) and `lamp` (output). */
export interface LineBench extends TransportBench {
  press(active: boolean): void;
  lamp(): boolean | undefined;
}

export async function opened(transport: Transport, listener: TransportListener): Promise<Connection> {
  const opening = await transport.open(listener);
  if (!opening.ok) throw new Error(`not opened: ${opening.fault.code}: ${opening.fault.detail}`);
  return opening.connection;
}

const everyByte = Uint8Array.from({ length: 256 }, (_, index) => index);
/** Longer than any device's buffer on the way, so it must be cut and joined. */
const manyBytes = Uint8Array.from({ length: 20_000 }, (_, index) => (index * 7) % 251);
const reportOf = (first: number): Uint8Array => Uint8Array.from({ length: 64 }, (_, index) => index ^ first);

/** The laws that every transport keeps, real or simulated. */
function commonLaws(makeBench: () => Promise<TransportBench>, abilities: Abilities): void {
  describe("as every transport", () => {
    let bench: TransportBench;
    let heard: Recording;
    beforeEach(async () => {
      bench = await makeBench();
      heard = recordingListener();
    });
    afterEach(() => bench.close());

    test("an absent device is a value", async () => {
      await bench.unplug();
      expect(await bench.transport.open(heard)).toMatchObject({
        ok: false,
        fault: { code: "device-absent" },
      });
      expect(heard.faults).toEqual([]);
    });

    test("an unplugged device ends the connection once, with a fault", async () => {
      const connection = await opened(bench.transport, heard);
      await bench.unplug();
      await waitUntil("closed", () => heard.faults.length > 0);
      expect(heard.faults.map(({ code }) => code)).toEqual(["connection-lost"]);
      await connection.close();
      await bench.replug();
      await (await opened(bench.transport, recordingListener())).close();
      expect(heard.faults).toHaveLength(1);
    });

    test("nothing can be done with a connection that has ended", async () => {
      const connection = await opened(bench.transport, heard);
      await bench.unplug();
      await waitUntil("closed", () => heard.faults.length > 0);
      await expect(connection.send(everyByte)).rejects.toThrow(Error);
      await expect(connection.sendFeature(everyByte)).rejects.toThrow(Error);
      await expect(connection.setLine("lamp", true)).rejects.toThrow(Error);
    });

    test("closing is quiet, and may be done twice", async () => {
      const connection = await opened(bench.transport, heard);
      await connection.close();
      await connection.close();
      await expect(connection.send(everyByte)).rejects.toThrow(Error);
      await expect(connection.setLine("lamp", true)).rejects.toThrow(Error);
      await bench.unplug();
      expect(heard.faults).toEqual([]);
    });

    test("what it cannot do is refused, and it stays open", async () => {
      const connection = await opened(bench.transport, heard);
      if (abilities.bytes === undefined)
        await expect(connection.send(everyByte)).rejects.toThrow("no byte stream");
      if (abilities.bytes?.features !== true)
        await expect(connection.sendFeature(everyByte)).rejects.toThrow("no feature reports");
      if (abilities.lines !== true)
        await expect(connection.setLine("lamp", true)).rejects.toThrow("no output lines");
      expect(heard.faults).toEqual([]);
      await connection.close();
    });

    test("it opens again after a close, at once, and each time anew", async () => {
      for (let time = 0; time < 5; time += 1) {
        const connection = await opened(bench.transport, heard);
        await connection.close();
      }
      expect(heard.faults).toEqual([]);
    });

    if (abilities.exclusive === true)
      test("it is open to one at a time", async () => {
        const connection = await opened(bench.transport, heard);
        const second = await bench.transport.open(recordingListener());
        expect(second).toMatchObject({ ok: false, fault: { code: "port-in-use" } });
        await connection.close();
        await (await opened(bench.transport, heard)).close();
      });
  });
}

export function byteContract(
  name: string,
  makeBench: () => Promise<ByteBench>,
  abilities: Abilities & { readonly bytes: NonNullable<Abilities["bytes"]> },
): void {
  describe(name, () => {
    commonLaws(makeBench, abilities);
    byteLaws(makeBench, abilities.bytes);
  });
}

function byteLaws(makeBench: () => Promise<ByteBench>, abilities: NonNullable<Abilities["bytes"]>): void {
  describe("as one that carries bytes", () => {
    let bench: ByteBench;
    let heard: Recording;
    beforeEach(async () => {
      bench = await makeBench();
      heard = recordingListener();
    });
    afterEach(() => bench.close());

    test("every byte value arrives, in order, as bytes and not as a Node buffer", async () => {
      const connection = await opened(bench.transport, heard);
      bench.say(everyByte);
      await waitUntil("256 bytes", () => heard.all().length >= 256);
      expect(toHex(heard.all())).toBe(toHex(everyByte));
      expect(heard.chunks[0]?.constructor).toBe(Uint8Array);
      await connection.close();
    });

    test("every byte value is sent, in order", async () => {
      const connection = await opened(bench.transport, heard);
      await connection.send(everyByte.subarray(0, 100));
      await Promise.all([
        connection.send(everyByte.subarray(100, 200)),
        connection.send(everyByte.subarray(200)),
      ]);
      await waitUntil("256 bytes at the device", () => bench.heard().length >= 256);
      expect(toHex(bench.heard())).toBe(toHex(everyByte));
      await connection.close();
    });

    test("many bytes at once lose nothing, either way", async () => {
      const connection = await opened(bench.transport, heard);
      const parts = Array.from({ length: 20 }, (_, index) =>
        manyBytes.subarray(index * 1_000, (index + 1) * 1_000),
      );
      for (const part of parts) bench.say(part);
      await Promise.all(parts.map((part) => connection.send(part)));
      await waitUntil("all said", () => heard.all().length >= manyBytes.length);
      await waitUntil("all heard", () => bench.heard().length >= manyBytes.length);
      expect(toHex(heard.all())).toBe(toHex(manyBytes));
      expect(toHex(bench.heard())).toBe(toHex(manyBytes));
      if (abilities.reports) expect(heard.chunks.map(({ length }) => length)).toEqual(parts.map(() => 1_000));
      await connection.close();
    });

    test("nothing is heard after a close", async () => {
      const connection = await opened(bench.transport, heard);
      bench.say(reportOf(1));
      await waitUntil("the first report", () => heard.all().length >= 64);
      bench.say(reportOf(2));
      const closing = connection.close();
      const bytesAtClose = heard.all().length;
      await closing;
      bench.say(reportOf(3));
      const again = recordingListener();
      const next = await opened(bench.transport, again);
      bench.say(reportOf(4));
      await waitUntil("the last report", () => toHex(again.all()).endsWith(toHex(reportOf(4))));
      expect(heard.all().length).toBe(bytesAtClose);
      await next.close();
    });

    test("bytes for an old connection never reach a new one", async () => {
      const old = await opened(bench.transport, heard);
      await old.send(reportOf(1));
      await waitUntil("the first report", () => bench.heard().length >= 64);
      await old.close();
      await expect(old.send(reportOf(2))).rejects.toThrow(Error);
      const next = await opened(bench.transport, heard);
      await next.send(reportOf(3));
      await waitUntil("the third report", () => bench.heard().length >= 128);
      expect(toHex(bench.heard())).toBe(toHex(join(reportOf(1), reportOf(3))));
      await next.close();
    });

    test("unplugged while bytes stream in, it ends; plugged in again, it works", async () => {
      await opened(bench.transport, heard);
      for (let part = 0; part < 40; part += 1) bench.say(manyBytes.subarray(0, 1_000));
      await waitUntil("some bytes", () => heard.all().length > 0);
      await bench.unplug();
      await waitUntil("closed", () => heard.faults.length > 0);
      const bytesAtEnd = heard.all().length;
      await bench.replug();
      const again = recordingListener();
      const connection = await opened(bench.transport, again);
      bench.say(reportOf(9));
      await connection.send(reportOf(8));
      await waitUntil("bytes after the replug", () => again.all().length >= 64 && bench.heard().length >= 64);
      expect(toHex(again.all())).toBe(toHex(reportOf(9)));
      expect(toHex(bench.heard())).toBe(toHex(reportOf(8)));
      expect(heard.all().length).toBe(bytesAtEnd);
      expect(heard.faults.map(({ code }) => code)).toEqual(["connection-lost"]);
      await connection.close();
    });

    if (abilities.features)
      test("a feature report arrives as one", async () => {
        const connection = await opened(bench.transport, heard);
        await connection.sendFeature(Uint8Array.of(254, 1));
        await waitUntil("the feature report", () => bench.features().length > 0);
        expect(bench.features().map(toHex)).toEqual(["fe01"]);
        expect(bench.heard()).toHaveLength(0);
        await connection.close();
      });
  });
}

export function lineContract(name: string, makeBench: () => Promise<LineBench>): void {
  describe(name, () => {
    commonLaws(makeBench, { lines: true });
    lineLaws(makeBench);
  });
}

function lineLaws(makeBench: () => Promise<LineBench>): void {
  describe("as one that has lines", () => {
    let bench: LineBench;
    let heard: Recording;
    beforeEach(async () => {
      bench = await makeBench();
      heard = recordingListener();
    });
    afterEach(() => bench.close());

    test("presses and releases arrive as edges, in order", async () => {
      const connection = await opened(bench.transport, heard);
      const presses = [true, false, true, false];
      for (const [index, active] of presses.entries()) {
        bench.press(active);
        await waitUntil(`edge ${index}`, () => heard.edges.length > index);
      }
      expect(heard.edges).toEqual(presses.map((active) => ["button", active]));
      await connection.close();
    });

    test("a contact that bounces is one press", async () => {
      const connection = await opened(bench.transport, heard);
      for (const active of [true, false, true, false, true]) bench.press(active);
      await waitUntil("the press", () => heard.edges.length > 0);
      for (const active of [false, true, false]) bench.press(active);
      await waitUntil("the release", () => heard.edges.length > 1);
      expect(heard.edges).toEqual([
        ["button", true],
        ["button", false],
      ]);
      await connection.close();
    });

    test("a lamp is switched", async () => {
      const connection = await opened(bench.transport, heard);
      await connection.setLine("lamp", true);
      await waitUntil("the lamp is on", () => bench.lamp() === true);
      await connection.setLine("lamp", false);
      await waitUntil("the lamp is off", () => bench.lamp() === false);
      await connection.close();
    });

    test("nothing is heard after a close", async () => {
      const connection = await opened(bench.transport, heard);
      await connection.close();
      bench.press(true);
      const again = recordingListener();
      const next = await opened(bench.transport, again);
      bench.press(false);
      bench.press(true);
      bench.press(false);
      await next.close();
      expect(heard.edges).toEqual([]);
    });
  });
}
