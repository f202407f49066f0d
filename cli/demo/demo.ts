import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { EventRow } from "../../hq/event-store.ts";
import { jsonLine } from "../../hq/tail.ts";
import { type Clock, sleep } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { type Random, seededRandom } from "../../protocols/random.ts";
import { playScenario } from "../../simulators/play-scenario.ts";
import type { Scenario } from "../../simulators/scenario/scenario-schema.ts";
import { planScenario } from "../../simulators/scenario.ts";
import { formatErrors, readConfiguration } from "../configuration-file.ts";
import { exitCodes } from "../exit-codes.ts";
import { openLog } from "../log.ts";
import { firstSignal } from "../signals.ts";
import { Books } from "../simulation/books.ts";
import {
  type MatchingOptions,
  matchingConfiguration,
  withoutHold,
} from "../simulation/matching-configuration.ts";
import { findScenario } from "../simulation/scenario-file.ts";
import { carryStore, type SimulatedStore } from "../simulation/simulated-store.ts";
import { type Store, startWholeStore } from "../store.ts";
import { bootId, packageVersion, systemClock, systemRandom } from "../system.ts";
import { UsageError } from "../usage-error.ts";
import { type DemoHeadquarters, openDemoHeadquarters } from "./headquarters.ts";
import { LivePage } from "./live-page.ts";
import { type DemoSummary, summaryLines } from "./summary.ts";

export interface DemoOptions {
  readonly seconds?: number;
  readonly json?: boolean;
  readonly scenario: string;
  readonly seed: number;
  readonly speed: number;
}

/** All devices must have been ready once before the first customer comes. */
const readyMsMax = 15_000;
/** After the last customer: scales come to rest, tickets are printed, batches arrive. */
const settleMsMax = 20_000;
/** The page is drawn so often; a terminal over a slow line keeps up. */
const drawEveryMs = 250;

/** Scales come to rest and fingers leave buttons at their own pace; a day that is faster asks too much of them. */
const speedMax = 3;

/** `storewire demo`: the result is the exit code, 1 if anything was lost, doubled or missing. */
export async function demo(options: DemoOptions): Promise<number> {
  const scenario = findScenario(options.scenario);
  if (options.speed > speedMax)
    throw new UsageError(
      `--speed of a demo is ${speedMax} at most, because its scales and buttons are as slow as real ones`,
    );
  const directory = mkdtempSync(join(tmpdir(), "storewire-demo-"));
  try {
    const summary = await playStore(scenario, directory, options);
    if (options.json) console.log(JSON.stringify(summary));
    else console.log(summaryLines(summary).join("\n"));
    return summary.lost + summary.doubled + summary.gaps === 0 ? exitCodes.done : exitCodes.failed;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

async function playStore(scenario: Scenario, directory: string, options: DemoOptions): Promise<DemoSummary> {
  // Taken before anything is started, so that Ctrl-C tidies up at any moment.
  const interrupted = firstSignal().then(() => undefined);
  const stage = await buildStage(scenario, directory, options);
  const { clock, books, store, headquarters } = stage;
  const stopDrawing = stage.page?.show(() => stage, drawEveryMs);
  await Promise.race([untilReady(store, clock), interrupted]);
  const startedMs = clock.monotonicMs();
  const play = playScenario(planScenario(scenario, stage.random), stage.devices, {
    clock,
    speed: options.speed,
    onAction: (action) => books.caused(action),
  });
  await Promise.race([play.ended, interrupted, endOf(options.seconds, clock)]);
  play.stop();
  await settle(books, store, headquarters, clock);
  const summary: DemoSummary = {
    ...books.balance(),
    gaps: headquarters.receiver.gaps().length,
    backlog: store.gateway?.status().backlog ?? 0,
    events: headquarters.receiver.counts().stored,
    seed: options.seed,
    scenario: scenario.name,
    seconds: Math.round((clock.monotonicMs() - startedMs) / 1_000),
  };
  stopDrawing?.();
  await stage.close();
  return summary;
}

/** Everything that plays, at work: devices, store, headquarters, and the books about them. */
interface Stage {
  readonly clock: Clock;
  readonly random: Random;
  readonly books: Books;
  readonly page: LivePage | undefined;
  readonly store: Store;
  readonly headquarters: DemoHeadquarters;
  readonly devices: SimulatedStore["devices"];
  close(): Promise<void>;
}

async function buildStage(scenario: Scenario, directory: string, options: DemoOptions): Promise<Stage> {
  const clock = systemClock();
  const random = seededRandom(options.seed);
  const books = new Books();
  const page = options.json ? undefined : new LivePage(scenario.title, clock);
  const show = (event: EventRow): void => (options.json ? console.log(jsonLine(event)) : page?.event(event));
  const headquarters = await openDemoHeadquarters({
    clock,
    random: systemRandom,
    database: join(directory, "hq.db"),
    onStored: (events) => {
      for (const event of events) {
        books.holds(bookedEvent(event));
        show(event);
      }
    },
  });
  const carried = await carryStore(scenario, { clock, random, directory });
  const configuration = demoConfiguration({
    scenario,
    transports: carried.transports,
    headquartersUrl: headquarters.url,
    databaseDirectory: directory,
    speed: options.speed,
  });
  const store = await startWholeStore(configuration, {
    clock,
    random: systemRandom,
    boot: bootId(),
    version: packageVersion,
    // What goes wrong on purpose is on the page; a log beside it would tear it apart.
    log: openLog("silent", "demo", clock),
    simulated: carried.simulated,
  });
  return {
    clock,
    random,
    books,
    page,
    store,
    headquarters,
    devices: carried.devices,
    async close() {
      await store.close();
      await carried.close();
      await headquarters.close();
    },
  };
}

/** Goes through the same checks as a configuration file. */
function demoConfiguration(options: MatchingOptions): Configuration {
  const matching = matchingConfiguration(options);
  // The board is there to be looked at; what would be pressed on other pages is in no book.
  const gateway = { ...matching.gateway, console: { enabled: true, port: 0 } };
  const input = { ...matching, gateway, limits: withoutHold };
  const reading = readConfiguration(JSON.stringify(input), options.scenario.name);
  if (!reading.ok) throw new Error(`the scenario's store is no store:\n${formatErrors(reading.errors)}`);
  return reading.configuration;
}

function bookedEvent({ body }: EventRow): { readonly type: string; readonly subject: string } {
  const { type, subject } = JSON.parse(body) as { type: string; subject: string };
  return { type, subject };
}

async function untilReady(store: Store, clock: Clock): Promise<void> {
  const deadlineMs = clock.monotonicMs() + readyMsMax;
  const waiting = () => store.agent?.devices().filter(({ state }) => state !== "ready") ?? [];
  while (waiting().length > 0) {
    if (clock.monotonicMs() > deadlineMs) {
      const names = waiting().map(
        ({ device, state, fault }) => `${device} is ${state} (${fault?.detail ?? ""})`,
      );
      throw new Error(`the simulated devices did not get ready: ${names.join(", ")}`);
    }
    await sleep(clock, 20);
  }
}

/** The time that was asked for is over, or nobody reads on. */
function endOf(seconds: number | undefined, clock: Clock): Promise<void> {
  return new Promise((resolve) => {
    process.stdout.on("error", () => resolve());
    if (seconds !== undefined) clock.after(seconds * 1_000, resolve);
  });
}

/** Waits until HQ holds everything that was caused, or until that has taken too long. */
async function settle(
  books: Books,
  store: Store,
  { receiver }: DemoHeadquarters,
  clock: Clock,
): Promise<void> {
  const deadlineMs = clock.monotonicMs() + settleMsMax;
  const unsettled = (): boolean =>
    books.balance().lost > 0 || (store.gateway?.status().backlog ?? 0) > 0 || receiver.gaps().length > 0;
  while (unsettled() && clock.monotonicMs() < deadlineMs) await sleep(clock, 50);
}
