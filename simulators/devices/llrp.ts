import type { LlrpLong } from "../../protocols/codecs/llrp/content.ts";
import { everyLong } from "../../protocols/codecs/llrp/find.ts";
import type { LlrpMessage } from "../../protocols/codecs/llrp.ts";
import { llrp } from "../../protocols/codecs/llrp.ts";
import type { Simulator, SimulatorEffect, SimulatorStep } from "../simulator.ts";
import { long, tagReport } from "./parts/llrp-answers.ts";
import type { LlrpFlaw } from "./parts/llrp-flaws.ts";
import {
  absurdMessage,
  flooded,
  misbehaviours,
  strangeParameter,
  withFixedParameter,
} from "./parts/llrp-flaws.ts";
import { obeyLlrp } from "./parts/llrp-obey.ts";
import type { LlrpOptions, LlrpState } from "./parts/llrp-state.ts";
import { andThen, keepalive, keepaliveTimer, quiet, sayByItself, sayWith } from "./parts/llrp-state.ts";
import type { ReaderModel, ReaderStimulus } from "./parts/reader-bench.ts";
import { emptyBench, readerOn, readRound, showFlaw } from "./parts/reader-bench.ts";

const roundTimer = "round";
/** More than any air interface reads in a round. */
const tagsPerRoundMax = 50;
/** After so many signs of life without answer the client is taken for dead. */
const unansweredMax = 2;
const connectionHeld = 2;

export const createLlrp = (options: LlrpOptions): Simulator<LlrpState, ReaderStimulus<LlrpFlaw>> =>
  readerOn(new LlrpModel(options));

class LlrpModel implements ReaderModel<LlrpState, LlrpMessage> {
  readonly name = "llrp";
  readonly codec = llrp;
  readonly timers = [keepaliveTimer];
  readonly initial: LlrpState = {
    ...emptyBench,
    session: "none",
    roSpec: undefined,
    keepaliveMs: 0,
    unanswered: 0,
    hold: false,
    holding: false,
    events: [],
    messageId: 0,
    elapsedMs: 0,
    writes: 0,
  };
  readonly #options: LlrpOptions;

  constructor(options: LlrpOptions) {
    this.#options = options;
  }

  /** ROSpecs and configuration live in memory; the clock begins anew. */
  forget({ tags, lostAntennas, flaws }: LlrpState): LlrpState {
    return { ...this.initial, tags, lostAntennas, flaws };
  }

  greet(before: LlrpState): SimulatorStep<LlrpState> {
    const held = showFlaw({ ...before, unanswered: 0, holding: before.hold }, "session-held");
    const early = showFlaw(held.state, "events-first");
    const status = held.shows ? connectionHeld : 0;
    const first = early.shows ? [antennaEvent(1, true)] : [];
    const state: LlrpState = { ...early.state, session: held.shows ? "none" : "open" };
    const attempt = long("ConnectionAttemptEvent", { Status: status });
    const said = [...first, attempt].reduce(
      (step, event) => andThen(step, (now) => this.#notify(now, event)),
      quiet(state),
    );
    const timers: SimulatorEffect[] = [
      { kind: "timer", name: roundTimer, delayMs: this.#options.roundMs },
      ...keepalive(state),
    ];
    return { state: said.state, effects: [...said.effects, ...timers] };
  }

  obey(state: LlrpState, message: LlrpMessage): SimulatorStep<LlrpState> {
    return obeyLlrp(state, message, this.#options);
  }

  wake(state: LlrpState, timer: string): SimulatorStep<LlrpState> {
    return timer === keepaliveTimer ? this.#keepAlive(state) : this.#endRound(state);
  }

  feelAntenna(state: LlrpState, antenna: number, connected: boolean): SimulatorStep<LlrpState> {
    return state.session === "none" ? quiet(state) : this.#notify(state, antennaEvent(antenna, connected));
  }

  #keepAlive(before: LlrpState): SimulatorStep<LlrpState> {
    if (before.session === "none") return quiet(before);
    if (before.unanswered >= unansweredMax)
      return this.#notify({ ...before, session: "none" }, long("ConnectionCloseEvent"));
    const { state, shows } = showFlaw(before, "keepalive-missing");
    const said = shows
      ? quiet(state)
      : sayByItself({ ...state, unanswered: state.unanswered + 1 }, "KEEPALIVE");
    return { state: said.state, effects: [...said.effects, ...keepalive(said.state)] };
  }

  #endRound(before: LlrpState): SimulatorStep<LlrpState> {
    const { roundMs } = this.#options;
    const begun = { ...before, elapsedMs: before.elapsedMs + roundMs };
    const again: SimulatorEffect = { kind: "timer", name: roundTimer, delayMs: roundMs };
    const listened = begun.session === "open" && !begun.holding;
    const said = listened ? andThen(this.#report(begun), (now) => this.#misbehave(now)) : quiet(begun);
    return { state: said.state, effects: [...said.effects, again] };
  }

  #report(before: LlrpState): SimulatorStep<LlrpState> {
    const { roSpec } = before;
    if (roSpec?.moves !== "active") return quiet(before);
    const { state, read } = readRound(before, this.#antennas(roSpec.spec), tagsPerRoundMax);
    return read.reduce(
      (step, [epcHex, { antenna, rssiDbm }]) =>
        andThen(step, (now) => this.#reportTag(now, { epcHex, antenna, rssiDbm })),
      quiet(state),
    );
  }

  #antennas(spec: LlrpLong): readonly number[] {
    const ids = everyLong([spec], "AISpec")[0]?.fields["AntennaIDs"];
    const named = Array.isArray(ids) ? ids : [];
    const all = Array.from({ length: this.#options.antennaCount }, (_, index) => index + 1);
    return named.includes(0) ? all : named;
  }

  #reportTag(
    before: LlrpState,
    tag: { readonly epcHex: string; readonly antenna: number; readonly rssiDbm: number },
  ): SimulatorStep<LlrpState> {
    const withoutAntenna = showFlaw(before, "no-antenna");
    const unknown = showFlaw(withoutAntenna.state, "unknown-parameter");
    const unknownFixed = showFlaw(unknown.state, "unknown-fixed-parameter");
    const flood = showFlaw(unknownFixed.state, "report-flood");
    const strange = unknown.shows || unknownFixed.shows ? [strangeParameter] : [];
    const report = tagReport({
      ...tag,
      epc96: this.#options.epc96,
      withAntenna: !withoutAntenna.shows,
      seenUs: this.#nowUs(before),
      strange,
    });
    const { state, effects } = sayByItself(flood.state, "RO_ACCESS_REPORT", report);
    const sent = effects.map((effect) =>
      unknownFixed.shows && effect.kind === "send"
        ? { ...effect, bytes: withFixedParameter(effect.bytes) }
        : effect,
    );
    return { state, effects: flood.shows ? sent.flatMap(flooded) : sent };
  }

  /** What else a reader may say between two rounds. */
  #misbehave(begun: LlrpState): SimulatorStep<LlrpState> {
    return misbehaviours.reduce((step, { flaw, says }) => {
      const { state, shows } = showFlaw(step.state, flaw);
      const now = { state, effects: step.effects };
      return shows ? andThen(now, (showing) => this.#sayWrong(showing, says)) : now;
    }, quiet(begun));
  }

  #sayWrong(state: LlrpState, says: LlrpLong | "absurd-length" | "custom-message"): SimulatorStep<LlrpState> {
    if (says === "absurd-length") return { state, effects: [{ kind: "send", bytes: absurdMessage }] };
    if (says === "custom-message") return sayWith(state, zebraMessage, []);
    if (says.name !== "ROSpecEvent" || state.roSpec === undefined) return this.#notify(state, says);
    return this.#notify({ ...state, roSpec: { ...state.roSpec, moves: "inactive" } }, says);
  }

  #notify(state: LlrpState, event: LlrpLong): SimulatorStep<LlrpState> {
    const stamp = long("UTCTimestamp", { Microseconds: this.#nowUs(state) });
    return sayByItself(
      state,
      "READER_EVENT_NOTIFICATION",
      long("ReaderEventNotificationData", {}, stamp, event),
    );
  }

  #nowUs({ elapsedMs }: LlrpState): number {
    return this.#options.clockStartUs + elapsedMs * 1_000;
  }
}

const zebraMessage = {
  name: "CUSTOM_MESSAGE",
  id: 0,
  fields: { VendorIdentifier: 161, MessageSubtype: 9, Data: "0102" },
} as const;

const antennaEvent = (antenna: number, connected: boolean): LlrpLong =>
  long("AntennaEvent", { EventType: connected ? 1 : 0, AntennaID: antenna });
