import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Clock, sleep } from "../../protocols/clock.ts";
import { seededRandom } from "../../protocols/random.ts";
import type { Reading } from "../../protocols/readings.ts";
import { type HeldRow, heldEvents } from "../durability/held-events.ts";
import { type Finding, findings, noteCommitted } from "../durability/ledger-check.ts";
import { type RealBroker, startRealBroker } from "../real-broker.ts";
import { siteConfiguration } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { CutWatch, planCuts } from "./cut-plan.ts";
import { serveDisk } from "./disk-server.ts";
import type { ForgetfulDisk } from "./forgetful-disk.ts";
import { freshDisk } from "./fresh-disk.ts";
import { type GuestImage, root } from "./guest-image.ts";
import { GuestMachine } from "./guest-machine.ts";
import { causedBy } from "./store-plan.ts";
import type { StoreProcessSettings } from "./store-process.ts";

export interface StoreGameOptions {
  readonly image: GuestImage;
  readonly clock: Clock;
  readonly seed: number;
  readonly rounds: number;
  /** The latest cut, counted in readings of the boot that were on disk. */
  readonly readingsMax: number;
  readonly onRound?: (words: string) => void;
}

export interface StoreGameReport {
  /** Readings that were on disk before their boot's power went, and events that HQ holds. */
  readonly committed: number;
  readonly stored: number;
  readonly findings: readonly Finding[];
}

/** Where QEMU's own network shows the host's loopback. */
const hostSeenByGuest = "10.0.2.2";
const program = join(root, "dist/tests/hardware-in-the-loop/store-process.js");
/** Starting all of Storewire on an emulated processor, on a machine that does much else. */
const bootMsMax = 240_000;
/** After the last boot everything has to arrive within this; then nothing new for so long. */
const calmMsMax = 240_000;
const quietMsMin = 3_000;

/** A whole store in the guest, its power cut; at last it is left in peace, and HQ's books are compared with its words. */
export async function playStoreCuts(options: StoreGameOptions): Promise<StoreGameReport> {
  const directory = mkdtempSync(join(tmpdir(), "storewire-store-"));
  const broker = await startRealBroker({ persistence: true });
  const database = join(directory, "hq.db");
  const receiver = new StorewireProcess(["hq", "receive", "--url", broker.url, "--database", database]);
  try {
    const committed = new Map<string, Reading>();
    let disk = freshDisk();
    for (let boot = 1; boot <= options.rounds; boot += 1) {
      disk = await playUntilCut({ ...options, boot, disk, broker, directory, committed });
      options.onRound?.(`store, round ${boot}: ${committed.size} readings on disk`);
    }
    const caused = causedBy(options.seed, options.rounds);
    const judge = (events: readonly HeldRow[]) => findings({ caused, committed, events, watches: [] });
    const last = await switchOn({ ...options, boot: options.rounds + 1, disk, broker, directory, committed });
    try {
      const events = await peace(options.clock, database, judge);
      return { committed: committed.size, stored: events.length, findings: judge(events) };
    } finally {
      await last.end();
    }
  } finally {
    await receiver.kill();
    await broker.stop();
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Boot extends StoreGameOptions {
  readonly boot: number;
  readonly disk: ForgetfulDisk;
  readonly broker: RealBroker;
  readonly directory: string;
  /** Filled by what the guest says. */
  readonly committed: Map<string, Reading>;
}

/** The disk that the cut leaves. */
async function playUntilCut(boot: Boot): Promise<ForgetfulDisk> {
  const { seed, readingsMax, committed, disk } = boot;
  const cuts = planCuts(seed * 2_003 + boot.boot, { copies: 0, commitsMax: readingsMax });
  const watch = new CutWatch(cuts);
  const before = committed.size;
  const running = await switchOn(
    boot,
    () => watch.due(committed.size - before, disk.unflushedWrites) === undefined,
  );
  try {
    await running.cut();
    const memory = cuts[0]?.memory ?? "everything";
    return disk.afterCut(memory, seededRandom(seed * 2_011 + boot.boot));
  } finally {
    await running.end();
  }
}

interface Running {
  /** Fulfilled when the planned cut came and the machine is off; rejects when it went off by itself. */
  cut(): Promise<void>;
  end(): Promise<void>;
}

/** `step` is asked at each step whether the power stays; without it, it does. */
async function switchOn(boot: Boot, step: () => boolean = () => true): Promise<Running> {
  const folder = mkdtempSync(join(boot.directory, "boot-"));
  const socket = join(folder, "disk");
  let hasPower = true;
  const powered = (): boolean => {
    if (!hasPower) return false;
    hasPower = step();
    if (!hasPower) guest.cut();
    return hasPower;
  };
  const server = await serveDisk(socket, boot.disk, powered);
  const guest = new GuestMachine({
    image: boot.image,
    network: true,
    disks: new Map([["disk1", socket]]),
    script: `exec ${process.execPath} ${program}`,
    files: guestFiles(boot),
    onLine(line) {
      const [, reading] = /^committed (\{.*\})$/.exec(line.trim()) ?? [];
      if (reading === undefined) return;
      noteCommitted(boot.committed, reading);
      powered();
    },
  });
  return {
    async cut() {
      await waitUntil(`the power goes\n${guest.said()}`, () => !guest.running, bootMsMax);
      await guest.off();
      if (hasPower) throw new Error(`the guest ended by itself\n${guest.said()}`);
    },
    async end() {
      guest.cut();
      await guest.off();
      guest.forget();
      await server.close();
    },
  };
}

function guestFiles({ seed, boot, rounds, broker }: Boot): Readonly<Record<string, string>> {
  const settings: StoreProcessSettings = { seed, boot, acts: boot <= rounds };
  const simulated = (name: string) => ({ kind: "simulated", name }) as const;
  const site = siteConfiguration({
    directory: "/guest/disks/disk1",
    headquartersUrl: `mqtt://${hostSeenByGuest}:${broker.port}`,
    limits: { uplink: { resendAfterMs: 2_000, stateEveryMs: 2_000 }, reconnectMsMax: 2_000 },
    // Nothing but the dedupe marks may stand between a repeated reading and a second event.
    returns: { repeatMs: 0 },
    devices: [
      {
        id: "desk-scanner",
        readPoint: "desk",
        driver: "serial-scanner",
        transport: simulated("scanner"),
        settings: { suffix: "cr", aimPrefix: true },
      },
      {
        id: "kiosk-buttons",
        readPoint: "kiosk",
        driver: "gpio-buttons",
        transport: simulated("kiosk"),
        smoothing: { buttonLockoutMs: 50 },
        settings: { buttons: { ticket: { kind: "issue", service: "returns" } } },
      },
      {
        id: "counter-buttons",
        readPoint: "counter-1",
        driver: "gpio-buttons",
        transport: simulated("counter"),
        smoothing: { buttonLockoutMs: 50 },
        settings: { buttons: { call: { kind: "call-next" } } },
      },
    ],
  });
  return { "settings.json": JSON.stringify(settings), "storewire.json": JSON.stringify(site) };
}

/** Waits until HQ holds what was committed, or until that has taken too long; gives what HQ holds then. */
async function peace(
  clock: Clock,
  database: string,
  judge: (events: readonly HeldRow[]) => readonly Finding[],
): Promise<readonly HeldRow[]> {
  const untilMs = clock.monotonicMs() + calmMsMax;
  let quietSinceMs = clock.monotonicMs();
  let held = -1;
  for (;;) {
    const events = await heldEvents(database);
    const nowMs = clock.monotonicMs();
    const waiting = judge(events).some(({ kind }) => kind === "lost" || kind === "gap");
    if (waiting || events.length !== held) quietSinceMs = nowMs;
    held = events.length;
    if (nowMs - quietSinceMs > quietMsMin || nowMs > untilMs) return events;
    await sleep(clock, 200);
  }
}
