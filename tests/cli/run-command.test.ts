import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readingSchema } from "../../protocols/readings.ts";
import { freePort } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";

const testMs = 60_000;
const deadlineMs = 40_000;

describe("storewire run, with a device that is not there and a headquarters that is not there", () => {
  let directory: string;
  let file: string;
  const running: StorewireProcess[] = [];
  const start = (...words: string[]): StorewireProcess => {
    const started = new StorewireProcess(words);
    running.push(started);
    return started;
  };
  const started = (store: StorewireProcess): Promise<void> =>
    waitUntil("it has started", () => store.said().includes('"event":"started"'), deadlineMs);

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "storewire-run-"));
    const nobody = await freePort();
    file = writeSite({
      directory,
      headquartersUrl: `mqtt://127.0.0.1:${nobody}`,
      devices: [
        {
          id: "scanner",
          readPoint: "desk",
          driver: "serial-scanner",
          transport: { kind: "tcp", host: "127.0.0.1", port: nobody },
        },
      ],
    });
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((store) => store.kill()));
    rmSync(directory, { recursive: true, force: true });
  });

  it.each(["SIGTERM", "SIGINT"] as const)(
    "starts, and ends in order with %s and 0",
    async (signal) => {
      const store = start("run", "--config", file);
      await started(store);
      expect(await store.kill(signal)).toBe(0);
      expect(store.stdoutLines).toEqual([]);
      const words = store
        .said()
        .split("\n")
        .map((line): { event?: string } => JSON.parse(line));
      expect(words.map(({ event }) => event)).toEqual(expect.arrayContaining(["started", "ending"]));
    },
    testMs,
  );

  it(
    "takes a signal during its start for the wish to end, not for a kill",
    async () => {
      const store = start("run", "--config", file);
      // The file of the outbox is there before anything can have started.
      await waitUntil("it is starting", () => existsSync(join(directory, "gateway.db")), deadlineMs);
      expect(await store.kill("SIGTERM")).toBe(0);
    },
    testMs,
  );

  it(
    "prints with --readings each reading that is on disk, and nothing else",
    async () => {
      const store = start("run", "--readings", "--config", file);
      await waitUntil("the first is printed", () => store.stdoutLines.length > 0, deadlineMs);
      await store.kill("SIGTERM");
      const readings = store.stdoutLines.map((line) => readingSchema.parse(JSON.parse(line)));
      expect(readings[0]).toMatchObject({
        agent: "agent1",
        device: "scanner",
        observation: { kind: "health" },
      });
    },
    testMs,
  );

  it(
    "does not stop because nobody reads its readings any more",
    async () => {
      const store = start("run", "--readings", "--config", file);
      store.leave();
      await started(store);
      await waitUntil(
        "a reading was kept",
        () => store.said().includes('"event":"device-health"'),
        deadlineMs,
      );
      expect(await store.kill("SIGTERM")).toBe(0);
    },
    testMs,
  );

  it(
    "says why it cannot start, and exits 69",
    async () => {
      const elsewhere = writeSite({ directory, headquartersUrl: "mqtt://127.0.0.1:1", brokerPort: 0 });
      const nowhere = readFileSync(elsewhere, "utf8").replace("gateway.db", "no-such-folder/gateway.db");
      writeFileSync(elsewhere, nowhere);
      const store = start("run", "--config", elsewhere);
      expect(await store.exit()).toBe(69);
      expect(JSON.parse(store.said())).toMatchObject({
        event: "start-failed",
        reason: expect.stringContaining("no-such-folder/gateway.db cannot be opened"),
      });
    },
    testMs,
  );
});
