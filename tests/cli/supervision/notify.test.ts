import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { freePort } from "../../real-broker.ts";
import { writeSite } from "../../site.ts";
import { StorewireProcess } from "../../storewire-process.ts";
import { waitUntil } from "../../wait-until.ts";
import { FrozenDisk, frozenDisksThere } from "./frozen-disk.ts";
import { NotifySocket, notifyToolsThere } from "./notify-socket.ts";

const program = "tests/cli/supervision/hurried-store.js";
const testMs = 90_000;
const deadlineMs = 60_000;

/** R, S, D, T ... (proc(5)). */
const stateOf = (processId: number): string | undefined =>
  /\) ([A-Z]) /.exec(readFileSync(`/proc/${processId}/stat`, "utf8"))?.[1];

/** Patience of ten times the haste: a word every two seconds. */
const environmentOf = (socket: NotifySocket) => ({
  NOTIFY_SOCKET: socket.path,
  WATCHDOG_USEC: "60000000",
});

describe.skipIf(!notifyToolsThere())("a real process under a real notify socket", () => {
  let directory: string;
  let socket: NotifySocket;
  const running: StorewireProcess[] = [];

  const site = async (place = directory): Promise<string> => {
    const device = (id: string, name: string) =>
      ({
        id,
        readPoint: "desk",
        driver: "serial-scanner",
        transport: { kind: "simulated", name },
      }) as const;
    return writeSite({
      directory: place,
      headquartersUrl: `mqtt://127.0.0.1:${await freePort()}`,
      devices: [device("reader", "hanging"), device("scanner", "healthy")],
    });
  };
  const start = async (trouble: string, file?: string): Promise<StorewireProcess> => {
    const fifo = join(directory, "pipe");
    spawnSync("mkfifo", [fifo]);
    const words = [file ?? (await site()), trouble, fifo];
    const store = new StorewireProcess(words, { program, environment: environmentOf(socket) });
    running.push(store);
    await heard("READY=1", 1);
    return store;
  };
  const heard = (word: string, count: number): Promise<void> =>
    waitUntil(`${word} ${count} times`, () => socket.count(word) >= count, deadlineMs);
  const said = async (store: StorewireProcess, words: string): Promise<void> => {
    const heard = (): boolean => store.said().includes(words) || !store.running;
    await waitUntil(words, heard, deadlineMs).catch(() => undefined);
    // Where it was not said, what was said instead is what matters.
    expect(store.said()).toContain(words);
  };

  /** Systemd's patience of 6 s is over. */
  const untilSilent = async (): Promise<number> => {
    for (;;) {
      const count = socket.count("WATCHDOG=1");
      await new Promise((resolve) => setTimeout(resolve, 9_000));
      if (socket.count("WATCHDOG=1") === count) return count;
    }
  };

  beforeEach(async () => {
    directory = mkdtempSync(join(tmpdir(), "storewire-notify-"));
    socket = await NotifySocket.open(join(directory, "notify"));
  });
  afterEach(async () => {
    await Promise.all(running.splice(0).map((store) => store.kill()));
    socket.close();
    rmSync(directory, { recursive: true, force: true });
  });

  it(
    "is ready once, then alive again and again in words for a technician, then stopping",
    async () => {
      const store = await start("none");
      await heard("WATCHDOG=1", 2);
      expect(await store.kill("SIGTERM")).toBe(0);
      expect(socket.count("READY=1")).toBe(1);
      expect(socket.heard[0]?.[0]).toBe("READY=1");
      expect(socket.heard.at(-1)?.[0]).toBe("STOPPING=1");
      const status = socket.heard.filter((lines) => lines[0] === "WATCHDOG=1").at(-1)?.[1];
      expect(status).toMatch(
        /^STATUS=2 of 2 devices ready; headquarters down for .*; \d+ events waiting; clock (not )?set/,
      );
      // No child of it speaks for it: timedatectl, given the socket, tells of its own failures there.
      expect(socket.heard.flat().filter((line) => !/^(READY|WATCHDOG|STATUS|STOPPING)=/.test(line))).toEqual(
        [],
      );
    },
    testMs,
  );

  it(
    "stays alive with a device that hangs in its opening from the start, and says which",
    async () => {
      const store = await start("hang-opening");
      await said(store, '"remedy":"set-aside"');
      const before = socket.count("WATCHDOG=1");
      await heard("WATCHDOG=1", before + 2);
      expect(socket.heard.at(-1)?.[1]).toContain("1 of 2 devices ready (reader device-stuck)");
      // Its threads hang in the kernel, and Node's exit would wait for them.
      expect(await store.kill("SIGTERM")).toBeNull();
    },
    testMs,
  );

  it(
    "ends itself for a device that had worked and can be helped by no new beginning of its loop",
    async () => {
      const store = await start("hang-again");
      expect(await store.exit()).toBeNull();
      const remedies = [...store.said().matchAll(/"remedy":"([a-z-]+)"/g)].map(([, remedy]) => remedy);
      expect(remedies).toEqual(["restart", "restart", "set-aside"]);
      expect(store.said()).toContain('"event":"stuck","part":"device reader"');
      expect(socket.heard.at(-1)).toEqual(["STOPPING=1", "STATUS=ending: device reader stood still"]);
    },
    testMs,
  );

  it(
    "ends itself with 75 when its link neither comes about nor fails",
    async () => {
      const store = await start("mute-link");
      expect(await store.exit()).toBe(75);
      expect(store.said()).toContain('"event":"stuck","part":"link"');
    },
    testMs,
  );

  it.each(["crash", "reject"])(
    "ends in order with 70 after a %s, and says the cause once",
    async (trouble) => {
      const store = await start(trouble);
      expect(await store.exit()).toBe(70);
      const lines = store.said().split("\n");
      expect(lines.filter((line) => line.includes("planted"))).toHaveLength(1);
      expect(lines.at(-1)).toMatch(/"event":"crashed".*"stack":"Error: planted/);
    },
    testMs,
  );

  it(
    "is silent while it is stopped, and is not stuck for having been stopped",
    async () => {
      const store = await start("none");
      await heard("WATCHDOG=1", 1);
      process.kill(store.processId, "SIGSTOP");
      // One may have been on its way.
      await waitUntil("it is stopped", () => stateOf(store.processId) === "T");
      const before = socket.count("WATCHDOG=1");
      await new Promise((resolve) => setTimeout(resolve, 5_000));
      expect(socket.count("WATCHDOG=1")).toBeLessThanOrEqual(before + 1);
      process.kill(store.processId, "SIGCONT");
      await heard("WATCHDOG=1", before + 3);
      expect(store.said()).not.toContain("stuck");
    },
    testMs,
  );

  it.skipIf(!frozenDisksThere())(
    "is silent and ends itself when its disk takes nothing any more",
    async () => {
      const disk = FrozenDisk.make(directory);
      try {
        mkdirSync(join(disk.path, "site"));
        const store = await start("none", await site(join(disk.path, "site")));
        await heard("WATCHDOG=1", 1);
        disk.freeze();
        const silentFrom = await untilSilent();
        // Where SQLite hangs in a page of its mapped index, the kernel may hold the whole process, which then
        // says nothing at all, and systemd's watchdog does what the process could not.
        if (!store.said().includes('"event":"stuck","part":"writer"'))
          process.kill(store.processId, "SIGABRT");
        disk.thaw();
        // A process in the kernel's hands dies when the kernel lets go of it.
        expect(await store.exit()).toBeNull();
        expect(socket.count("WATCHDOG=1")).toBe(silentFrom);
        const again = await start("none", join(disk.path, "site", "storewire.yaml"));
        await heard("READY=1", 2);
        expect(again.said()).not.toContain("broken");
        await again.kill("SIGTERM");
      } finally {
        await Promise.all(running.splice(0).map((store) => store.kill()));
        disk.remove();
      }
    },
    testMs,
  );
});
