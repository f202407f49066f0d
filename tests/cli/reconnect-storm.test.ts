import { expect, test } from "vitest";
import { bootDelayMs, fleetReconnectBounds } from "../../cli/reconnect-delay.ts";
import { nextDelayMs } from "../../protocols/decorrelated-jitter.ts";
import { type Random, seededRandom } from "../../protocols/random.ts";

/** One Mosquitto with TLS and client certificates on one core takes about so many. */
const acceptedPerSecond = 1_000;
/** A try that the broker did not get to in this time has failed (`connectMsMax`). */
const connectMsMax = 10_000;
/** Shorter than the shortest wait, so that a failed try is never planned into the slot that is being played. */
const slotMs = 100;

interface Fleet {
  readonly gateways: number;
  /** When the broker takes connections again. */
  readonly brokerBackMs: number;
  /** When a gateway first tries. */
  readonly firstTryMs: (random: Random) => number;
}

interface Course {
  /** Tries in each second. */
  readonly tries: readonly number[];
  readonly triesInAll: number;
  readonly connectedMs: readonly number[];
}

interface Try {
  readonly atMs: number;
  readonly gateway: number;
}

/** Tries in the order of their time. */
class Agenda {
  readonly #slots: Try[][] = [];

  get slots(): number {
    return this.#slots.length;
  }

  plan(atMs: number, gateway: number): void {
    const slot = Math.floor(atMs / slotMs);
    this.#slots[slot] ??= [];
    this.#slots[slot].push({ atMs, gateway });
  }

  in(slot: number): readonly Try[] {
    return (this.#slots[slot] ?? []).toSorted((one, other) => one.atMs - other.atMs);
  }
}

/** A gateway on its own generator: how long it waits after each try that failed. */
function waiting(seed: number): { readonly random: Random; next(): number } {
  const random = seededRandom(seed);
  let lastMs = 0;
  return {
    random,
    next() {
      lastMs = nextDelayMs(lastMs, fleetReconnectBounds, random);
      return lastMs;
    },
  };
}

/** The broker has one queue; from the fall to the last gateway that is back. */
function play({ gateways, brokerBackMs, firstTryMs }: Fleet): Course {
  const agenda = new Agenda();
  const fleet = Array.from({ length: gateways }, (_, index) => waiting(index * 7_919 + 1));
  for (const [gateway, { random }] of fleet.entries()) agenda.plan(firstTryMs(random), gateway);
  const tries: number[] = [];
  const connectedMs: number[] = [];
  let freeMs = brokerBackMs;
  for (let slot = 0; slot < agenda.slots; slot += 1) {
    const now = agenda.in(slot);
    const second = Math.floor((slot * slotMs) / 1_000);
    tries[second] = (tries[second] ?? 0) + now.length;
    for (const { atMs, gateway } of now) {
      const servedMs = Math.max(freeMs, atMs) + 1_000 / acceptedPerSecond;
      const refused = atMs < brokerBackMs;
      if (!refused && servedMs - atMs <= connectMsMax) {
        freeMs = servedMs;
        connectedMs.push(servedMs);
      } else {
        agenda.plan(atMs + (refused ? 0 : connectMsMax) + (fleet[gateway]?.next() ?? 0), gateway);
      }
    }
  }
  return { tries, triesInAll: tries.reduce((sum, count) => sum + count, 0), connectedMs };
}

const afterFall = (random: Random): number => nextDelayMs(0, fleetReconnectBounds, random);

function told(what: string, brokerBackMs: number, { tries, triesInAll, connectedMs }: Course) {
  const times = connectedMs.toSorted((one, other) => one - other);
  const at = (share: number): number => Math.round((times[Math.ceil(times.length * share) - 1] ?? 0) / 1_000);
  const backS = Math.floor(brokerBackMs / 1_000);
  const figures = {
    peak: Math.max(...tries),
    peakWhileBack: Math.max(...tries.slice(backS)),
    triesInAll,
    halfS: at(0.5),
    mostS: at(0.99),
    allS: at(1),
  };
  console.info(`${what}: ${JSON.stringify(figures)}`);
  return figures;
}

test("ten thousand gateways come back to a broker that was only restarted, a thousand a second", () => {
  const course = play({ gateways: 10_000, brokerBackMs: 1_000, firstTryMs: afterFall });
  const { peak, allS } = told("broker gone for 1 s", 1_000, course);
  expect(course.connectedMs).toHaveLength(10_000);
  expect(peak).toBeLessThan(1_200);
  expect(allS).toBeLessThan(20);
});

test("ten thousand gateways come back after ten minutes, spread over half a minute", () => {
  const course = play({ gateways: 10_000, brokerBackMs: 600_000, firstTryMs: afterFall });
  const { peak, peakWhileBack, allS } = told("broker gone for 10 min", 600_000, course);
  expect(course.connectedMs).toHaveLength(10_000);
  // While nobody listens a try costs a refusal, and the first ones come close together.
  expect(peak).toBeLessThan(2_500);
  expect(peakWhileBack).toBeLessThan(1_000);
  expect(allS).toBeLessThan(600 + 60);
});

test("three thousand boxes of a region whose power came back do not connect in one second", () => {
  const booted = 20_000;
  const firstTryMs = (random: Random): number =>
    booted + random.fraction() * 2_000 + bootDelayMs(booted, fleetReconnectBounds, random);
  const course = play({ gateways: 3_000, brokerBackMs: 0, firstTryMs });
  const { peak, allS } = told("region powers up", 0, course);
  expect(course.connectedMs).toHaveLength(3_000);
  expect(peak).toBeLessThan(400);
  expect(allS).toBeLessThan(20 + 15);
});
