import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import type { LlrpFields } from "../../../protocols/codecs/llrp/fields.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import type { SimulatorEffect, SimulatorStep } from "../../simulator.ts";
import type { LlrpRoSpec } from "./llrp-answers.ts";
import type { BenchState } from "./reader-bench.ts";

export interface LlrpOptions {
  readonly antennaCount: number;
  /** How often it looks for tags, and reports those that it sees. */
  readonly roundMs: number;
  /** The reader's clock at its start, microseconds since 1970; readers without time service begin long ago. */
  readonly clockStartUs: number;
  /** EPCs of 96 bits as EPC-96 (Impinj), or as EPCData like every other length. */
  readonly epc96: boolean;
  /** The modes of its table; a ROSpec with another one is refused. */
  readonly modes: readonly number[];
  /** Its own number, hex. */
  readonly identification: string;
}

export const llrpDefaults: LlrpOptions = {
  antennaCount: 4,
  roundMs: 100,
  clockStartUs: 946_684_800_000_000,
  epc96: true,
  modes: [2, 4],
  identification: "001625ffff112233",
};

export interface LlrpState extends BenchState {
  /** Without a session nothing is heard. */
  readonly session: "none" | "open";
  readonly roSpec: LlrpRoSpec | undefined;
  readonly keepaliveMs: number;
  /** Signs of life that were not answered. */
  readonly unanswered: number;
  readonly hold: boolean;
  readonly holding: boolean;
  readonly events: readonly LlrpParameter[];
  readonly messageId: number;
  readonly elapsedMs: number;
  /** How often the configuration was written. */
  readonly writes: number;
}

export const keepaliveTimer = "keepalive";

export const quiet = (state: LlrpState): SimulatorStep<LlrpState> => ({ state, effects: [] });

export function andThen(
  step: SimulatorStep<LlrpState>,
  follow: (state: LlrpState) => SimulatorStep<LlrpState>,
): SimulatorStep<LlrpState> {
  const { state, effects } = follow(step.state);
  return { state, effects: [...step.effects, ...effects] };
}

/** Arms the next sign of life. */
export function keepalive({ keepaliveMs }: LlrpState): readonly SimulatorEffect[] {
  return keepaliveMs === 0 ? [] : [{ kind: "timer", name: keepaliveTimer, delayMs: keepaliveMs }];
}

export function say(
  state: LlrpState,
  name: string,
  id: number,
  ...parameters: readonly LlrpParameter[]
): SimulatorStep<LlrpState> {
  return sayWith(state, { name, id, fields: {} }, parameters);
}

export function sayWith(
  state: LlrpState,
  message: { readonly name: string; readonly id: number; readonly fields: LlrpFields },
  parameters: readonly LlrpParameter[],
): SimulatorStep<LlrpState> {
  return { state, effects: [{ kind: "send", bytes: llrp.encode({ version: 1, ...message, parameters }) }] };
}

/** What the reader says by itself, under a number of its own. */
export function sayByItself(
  state: LlrpState,
  name: string,
  ...parameters: readonly LlrpParameter[]
): SimulatorStep<LlrpState> {
  const messageId = state.messageId + 1;
  return say({ ...state, messageId }, name, messageId, ...parameters);
}
