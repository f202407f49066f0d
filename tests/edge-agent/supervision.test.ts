import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  backoffMsMax,
  backoffMsMin,
  initialSupervision,
  type Supervision,
  type SupervisionEffect,
  type SupervisionInput,
  supervise,
} from "../../edge-agent/supervision.ts";
import type { Fault } from "../../protocols/faults.ts";
import { seededRandom } from "../../protocols/random.ts";
import { type DeviceState, deviceStates } from "../../protocols/readings.ts";

const absent: Fault = { code: "device-absent", detail: "no such path" };
const lost: Fault = { code: "connection-lost", detail: "unplugged" };
const paperEnd: Fault = { code: "paper-end", detail: "no paper" };
const halfway = { fraction: () => 0.5, bytes: (count: number) => new Uint8Array(count) };

const inputs: Readonly<Record<string, SupervisionInput>> = {
  opened: { kind: "opened" },
  "open-failed absent": { kind: "open-failed", fault: absent },
  "open-failed lost": { kind: "open-failed", fault: lost },
  "handshake-ready": { kind: "handshake-ready" },
  degraded: { kind: "degraded", fault: paperEnd },
  healthy: { kind: "healthy" },
  "gave-up": { kind: "gave-up", fault: lost },
  closed: { kind: "closed", fault: lost },
  "handshake-timeout": { kind: "handshake-timeout" },
  "backoff-elapsed": { kind: "backoff-elapsed" },
  "stable-for-long": { kind: "stable-for-long" },
  restart: { kind: "restart" },
  "set-aside": { kind: "set-aside", fault: { code: "device-stuck", detail: "again" } },
};

/** Where each state begins; the last wait was 2 s. */
const beginnings: Readonly<Record<DeviceState, Supervision>> = {
  absent: { state: "absent", fault: absent, trouble: undefined, backoffMs: 2_000 },
  faulted: { state: "faulted", fault: lost, trouble: undefined, backoffMs: 2_000 },
  opening: { state: "opening", fault: lost, trouble: undefined, backoffMs: 2_000 },
  ready: { state: "ready", fault: undefined, trouble: undefined, backoffMs: 2_000 },
  degraded: { state: "degraded", fault: paperEnd, trouble: paperEnd, backoffMs: 2_000 },
};

const nothing = "";
const waitAgain = "stop-timers report-health close backoff:3250";
const openAgain = "open handshake:15000";

const aside = ["faulted device-stuck 500", "stop-timers report-health close"] as const;

/** What follows: the state with its fault and last wait, then the effects in order. */
const table: Readonly<Record<DeviceState, Readonly<Record<string, readonly [string, string]>>>> = {
  absent: {
    "set-aside": aside,
    opened: ["absent device-absent 2000", "close"],
    "backoff-elapsed": ["opening device-absent 2000", openAgain],
    restart: ["opening device-absent 2000", `stop-timers ${openAgain}`],
  },
  faulted: {
    "set-aside": aside,
    opened: ["faulted connection-lost 2000", "close"],
    "backoff-elapsed": ["opening connection-lost 2000", openAgain],
    restart: ["opening connection-lost 2000", `stop-timers ${openAgain}`],
  },
  opening: {
    "set-aside": aside,
    opened: ["opening connection-lost 2000", "stop-timers handshake:15000"],
    "open-failed absent": ["absent device-absent 3250", waitAgain],
    "open-failed lost": ["faulted connection-lost 3250", waitAgain],
    "handshake-ready": ["ready - 2000", "stop-timers stable:60000 report-health"],
    degraded: ["opening connection-lost 2000 trouble paper-end", nothing],
    "gave-up": ["faulted connection-lost 3250", waitAgain],
    closed: ["faulted connection-lost 3250", waitAgain],
    "handshake-timeout": ["faulted handshake-timeout 3250", waitAgain],
    restart: ["opening connection-lost 2000", `stop-timers close ${openAgain}`],
  },
  ready: {
    "set-aside": aside,
    degraded: ["degraded paper-end 2000 trouble paper-end", "report-health"],
    "gave-up": ["faulted connection-lost 3250", waitAgain],
    closed: ["faulted connection-lost 3250", waitAgain],
    "stable-for-long": ["ready - 500", nothing],
    restart: ["opening - 2000", `stop-timers report-health close ${openAgain}`],
  },
  degraded: {
    "set-aside": aside,
    healthy: ["ready - 2000", "report-health"],
    "gave-up": ["faulted connection-lost 3250", waitAgain],
    closed: ["faulted connection-lost 3250", waitAgain],
    "stable-for-long": ["degraded paper-end 500 trouble paper-end", nothing],
    restart: ["opening - 2000", `stop-timers report-health close ${openAgain}`],
  },
};

const worded = ({ state, fault, trouble, backoffMs }: Supervision): string =>
  `${state} ${fault?.code ?? "-"} ${backoffMs}${trouble ? ` trouble ${trouble.code}` : ""}`;
const listed = (effects: readonly SupervisionEffect[]): string =>
  effects
    .map((effect) => (effect.kind === "start-timer" ? `${effect.timer}:${effect.delayMs}` : effect.kind))
    .join(" ");

describe("every state meets every input", () => {
  const cases = deviceStates.flatMap((state) => Object.keys(inputs).map((input) => ({ state, input })));
  it.each(cases)("$state, $input", ({ state, input }) => {
    const before = beginnings[state];
    const step = supervise(before, inputs[input] as SupervisionInput, halfway);
    const [after, effects] = table[state][input] ?? [worded(before), nothing];
    expect([worded(step.state), listed(step.effects)]).toEqual([after, effects]);
  });

  it("has no line for an input that does not exist", () => {
    for (const lines of Object.values(table))
      for (const input of Object.keys(lines)) expect(Object.keys(inputs)).toContain(input);
  });
});

describe("a device's first steps", () => {
  it("reports that it is being opened, once", () => {
    const first = supervise(initialSupervision, { kind: "backoff-elapsed" }, halfway);
    expect(listed(first.effects)).toBe(`report-health ${openAgain}`);
  });

  it("is degraded at once where the session found trouble during its handshake", () => {
    const troubled = supervise(beginnings.opening, { kind: "degraded", fault: paperEnd }, halfway).state;
    const step = supervise(troubled, { kind: "handshake-ready" }, halfway);
    expect(worded(step.state)).toBe("degraded paper-end 2000 trouble paper-end");
  });

  it("says nothing new when the same trouble is found again with other words", () => {
    const again = { kind: "degraded", fault: { code: "paper-end", detail: "still none" } } as const;
    const step = supervise(beginnings.degraded, again, halfway);
    expect([step.state.fault?.detail, listed(step.effects)]).toEqual(["still none", ""]);
  });
});

describe("the wait before a retry", () => {
  it("stays within its bounds, whatever chance says, and grows no faster than threefold", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, failures) => {
        const random = seededRandom(seed);
        let state = beginnings.opening;
        for (let failure = 0; failure < failures; failure += 1) {
          const before = state.backoffMs;
          state = supervise(
            { ...state, state: "opening" },
            { kind: "open-failed", fault: absent },
            random,
          ).state;
          expect(state.backoffMs).toBeGreaterThanOrEqual(backoffMsMin);
          expect(state.backoffMs).toBeLessThanOrEqual(Math.min(backoffMsMax, before * 3));
        }
      }),
    );
  });

  it("reaches both ends of its range", () => {
    const after = (fraction: number, backoffMs: number): number => {
      const random = { fraction: () => fraction, bytes: halfway.bytes };
      const state: Supervision = { ...beginnings.ready, backoffMs };
      return supervise(state, { kind: "closed", fault: lost }, random).state.backoffMs;
    };
    expect(after(0, 20_000)).toBe(500);
    expect(after(0.999_999, 20_000)).toBeCloseTo(30_000, 0);
  });
});
