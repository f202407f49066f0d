import { type Clock, sleep } from "../../protocols/clock.ts";
import { type Random, seededRandom } from "../../protocols/random.ts";
import type { Reading } from "../../protocols/readings.ts";
import { between, type Caused, causedNothing, chance, itemUri, scanOf, tagOf } from "./caused.ts";
import { cables, DurabilitySite, parts } from "./durability-site.ts";
import { type HeldRow, heldEvents } from "./held-events.ts";
import { type Finding, findings, noteCommitted } from "./ledger-check.ts";

/** How long a round makes trouble, and how much of it. */
export interface RoundOptions {
  readonly seed: number;
  readonly troubleMs: number;
  readonly troubles: number;
}

export interface RoundReport {
  readonly seed: number;
  readonly broker: "remembering" | "forgetting";
  readonly mqttVersion: string;
  readonly troubles: readonly string[];
  readonly caused: number;
  readonly committed: number;
  readonly stored: number;
  readonly findings: readonly Finding[];
  /** Where the files lie and what the processes said, when something was found. */
  readonly evidence?: string;
}

/** Scans at once before each trouble, and how long they need from the line to HQ's disk on a busy machine. */
const burstScans = 30;
const burstWayMs = 15;
/** Peace is when everything has arrived and nothing new was committed for so long. */
const quietMsMin = 2_000;
/** Everything that is caused must have arrived so long after the last trouble. */
const calmMsMax = 45_000;

/** One round: a fresh site, a while of work and trouble, then peace, and the books are compared. */
export async function playRound(options: RoundOptions, clock: Clock): Promise<RoundReport> {
  const random = seededRandom(options.seed);
  const mqttVersion = chance(random, 0.5) ? "5" : "3.1.1";
  const brokerPersistence = chance(random, 0.5);
  const committed = new Map<string, Reading>();
  const site = await DurabilitySite.open({
    clock,
    random,
    mqttVersion,
    brokerPersistence,
    onCommitted: (line) => noteCommitted(committed, line),
  });
  const caused = causedNothing();
  try {
    await readyAgent(committed, site, clock);
    const troubles = planTroubles(options, random);
    const world = causeReadings(site, caused, random, clock);
    for (const trouble of troubles) {
      await sleep(clock, trouble.afterMs);
      // Every stage of the way has something in its hands at some of the moments in which it is killed.
      world.burst(burstScans);
      await sleep(clock, between(random, 0, burstWayMs));
      await trouble.happen(site, clock);
    }
    await sleep(clock, 300);
    world.stop();
    const events = await peace(site, committed, caused, clock);
    const found = [
      ...findings({ caused, committed, events, watches: site.watches(clock.monotonicMs()) }),
      ...site.fallen().map(fallenFinding),
    ];
    const report: RoundReport = {
      seed: options.seed,
      broker: brokerPersistence ? "remembering" : "forgetting",
      mqttVersion,
      troubles: troubles.map(({ name }) => name),
      caused: caused.handIns.length + caused.storings.length + caused.issuePresses + caused.callPresses,
      committed: committed.size,
      stored: events.length,
      findings: found,
      ...(found.length > 0 ? { evidence: `${site.directory}\n${site.said()}` } : {}),
    };
    await site.close({ keep: found.length > 0 });
    return report;
  } catch (error) {
    const said = site.said();
    await site.close({ keep: true });
    throw new Error(`seed ${options.seed}: ${String(error)}\n${site.directory}\n${said}`, { cause: error });
  }
}

const fallenFinding = (words: string): Finding => ({ kind: "lost", words });

/** Nothing can be expected of an agent before its devices are ready once. */
async function readyAgent(
  committed: ReadonlyMap<string, Reading>,
  site: DurabilitySite,
  clock: Clock,
): Promise<void> {
  const ready = (): boolean =>
    [...committed.values()].filter(
      ({ observation }) => observation.kind === "health" && observation.state === "ready",
    ).length >= 3;
  const deadlineMs = clock.monotonicMs() + 20_000;
  while (!ready()) {
    if (clock.monotonicMs() > deadlineMs) throw new Error(`the agent was never ready\n${site.said()}`);
    await sleep(clock, 20);
  }
}

interface Trouble {
  readonly name: string;
  readonly afterMs: number;
  happen(site: DurabilitySite, clock: Clock): Promise<void>;
}

function planTroubles({ troubleMs, troubles }: RoundOptions, random: Random): readonly Trouble[] {
  return Array.from({ length: troubles }, () => {
    const afterMs = between(random, 0.3, 1.7) * (troubleMs / troubles);
    const heldMs = between(random, 0, 400);
    return { afterMs, ...(chance(random, 0.65) ? killing(random, heldMs) : cutting(random, heldMs)) };
  });
}

function pick<Value>(random: Random, values: readonly Value[]): Value {
  const value = values[Math.floor(random.fraction() * values.length)];
  if (value === undefined) throw new Error("nothing to pick from");
  return value;
}

function killing(random: Random, downMs: number): Omit<Trouble, "afterMs"> {
  const part = pick(random, parts);
  return {
    name: `kill ${part} for ${Math.round(downMs)} ms`,
    async happen(site, clock) {
      await site.kill(part);
      await sleep(clock, downMs);
      await site.restart(part);
    },
  };
}

function cutting(random: Random, downMs: number): Omit<Trouble, "afterMs"> {
  const name = pick(random, cables);
  const stalls = chance(random, 0.3);
  return {
    name: `${stalls ? "stall" : "cut"} ${name} for ${Math.round(downMs)} ms`,
    async happen(site, clock) {
      const cable = site.cable(name);
      if (stalls) cable.stall();
      else cable.cut();
      await sleep(clock, downMs);
      if (stalls) cable.release();
      else cable.mend();
    },
  };
}

interface World {
  /** A cart full of items at once. */
  burst(scans: number): void;
  stop(): void;
}

/** Customers and clerks, some fifty things a second. */
function causeReadings(site: DurabilitySite, caused: Caused, random: Random, clock: Clock): World {
  let serial = 1_000;
  let stopped = false;
  const scan = (): void => {
    serial += 1;
    const scanned = scanOf(serial);
    caused.handIns.push({ uri: itemUri(serial), text: scanned.text, atMs: clock.monotonicMs() });
    site.scanner.stimulate({ kind: "scan", ...scanned });
  };
  const tag = (): void => {
    serial += 1;
    const epcHex = tagOf(serial);
    caused.storings.push(itemUri(serial));
    site.reader.stimulate({ kind: "tag-near", epcHex, antenna: 1 });
    clock.after(400, () => site.reader.stimulate({ kind: "tag-gone", epcHex }));
  };
  const issue = (): void => {
    caused.issuePresses += 1;
    site.press("kiosk", "ticket");
  };
  const call = (): void => {
    caused.callPresses += 1;
    site.press("counter", "call");
  };
  const happen = (): void => {
    if (stopped) return;
    const lot = random.fraction();
    if (lot < 0.6) scan();
    else if (lot < 0.75) tag();
    else if (lot < 0.9) issue();
    else call();
    clock.after(between(random, 5, 35), happen);
  };
  happen();
  return {
    burst(scans) {
      for (let count = 0; count < scans; count += 1) scan();
    },
    stop() {
      stopped = true;
    },
  };
}

/** Waits until HQ holds what was committed, or until that has taken too long; gives what HQ holds then. */
async function peace(
  site: DurabilitySite,
  committed: ReadonlyMap<string, Reading>,
  caused: Caused,
  clock: Clock,
): Promise<readonly HeldRow[]> {
  const untilMs = clock.monotonicMs() + calmMsMax;
  let quietSinceMs = clock.monotonicMs();
  let committedBefore = committed.size;
  for (;;) {
    const events = await heldEvents(site.headquartersDatabase);
    const nowMs = clock.monotonicMs();
    const found = findings({ caused, committed, events, watches: site.watches(nowMs) });
    const arrived = events.length > 0 && found.every(({ kind }) => kind !== "lost" && kind !== "gap");
    // A slow agent may still be pressing its last button, and what is sent twice needs time to be stored twice.
    if (!arrived || committed.size !== committedBefore) quietSinceMs = nowMs;
    committedBefore = committed.size;
    if (nowMs - quietSinceMs > quietMsMin || nowMs > untilMs) return events;
    await sleep(clock, 100);
  }
}
