import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { everyLong, wholeOf } from "../../../protocols/codecs/llrp/find.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import type { SimulatorStep } from "../../simulator.ts";
import type { LlrpRoSpec } from "./llrp-answers.ts";
import { capabilitiesOf, configurationOf, llrpStatus, refusalOfRoSpec, statusOf } from "./llrp-answers.ts";
import type { LlrpOptions, LlrpState } from "./llrp-state.ts";
import { keepalive, quiet, say, sayWith } from "./llrp-state.ts";

type Obey = (state: LlrpState, message: LlrpMessage, options: LlrpOptions) => SimulatorStep<LlrpState>;

const done = statusOf(llrpStatus.done);

/** What the reader does with a message of its client, by the message's name. */
const obeys: Readonly<Record<string, Obey>> = {
  GET_READER_CAPABILITIES: (state, { name, id }, options) =>
    say(state, `${name}_RESPONSE`, id, done, ...capabilitiesOf(options)),
  GET_READER_CONFIG: (state, { name, id }, options) =>
    say(state, `${name}_RESPONSE`, id, done, ...configurationOf({ ...options, ...state })),
  SET_READER_CONFIG: (state, { id, parameters }) => configure(state, id, parameters),
  ADD_ROSPEC: add,
  DELETE_ROSPEC: (state, { name, id }) => say({ ...state, roSpec: undefined }, `${name}_RESPONSE`, id, done),
  ENABLE_ROSPEC: move,
  START_ROSPEC: move,
  KEEPALIVE_ACK: (state) => quiet({ ...state, unanswered: 0 }),
  ENABLE_EVENTS_AND_REPORTS: (state) => quiet({ ...state, holding: false }),
  CLOSE_CONNECTION: (state, { name, id }) => say({ ...state, session: "none" }, `${name}_RESPONSE`, id, done),
  CUSTOM_MESSAGE: answerCustom,
};

export function obeyLlrp(
  state: LlrpState,
  message: LlrpMessage,
  options: LlrpOptions,
): SimulatorStep<LlrpState> {
  if (state.session === "none") return quiet(state);
  const obey = obeys[message.name];
  if (obey !== undefined) return obey(state, message, options);
  return say(state, "ERROR_MESSAGE", message.id, statusOf(llrpStatus.unsupportedMessage));
}

function configure(
  state: LlrpState,
  id: number,
  parameters: readonly LlrpParameter[],
): SimulatorStep<LlrpState> {
  const [spec] = everyLong(parameters, "KeepaliveSpec");
  const [holding] = everyLong(parameters, "EventsAndReports");
  const changed: LlrpState = {
    ...state,
    keepaliveMs: wholeOf(spec?.fields["PeriodicTriggerValue"]) ?? state.keepaliveMs,
    hold: holding?.fields["HoldEventsAndReportsUponReconnect"] === true,
    events: everyLong(parameters, "EventNotificationState"),
    writes: state.writes + 1,
  };
  const said = say(changed, "SET_READER_CONFIG_RESPONSE", id, done);
  return { state: said.state, effects: [...said.effects, ...keepalive(changed)] };
}

function add(
  before: LlrpState,
  { id, parameters }: LlrpMessage,
  options: LlrpOptions,
): SimulatorStep<LlrpState> {
  const state = { ...before, failNext: undefined };
  const [spec] = everyLong(parameters, "ROSpec");
  const refusal = refusalOfRoSpec(spec, before.roSpec !== undefined, options);
  const status = before.failNext === undefined ? refusal : statusOf(before.failNext, "told to refuse");
  if (spec === undefined || status !== undefined)
    return say(state, "ADD_ROSPEC_RESPONSE", id, status ?? statusOf(llrpStatus.missingParameter));
  const roSpec: LlrpRoSpec = { id: wholeOf(spec.fields["ROSpecID"]) ?? 0, moves: "disabled", spec };
  return say({ ...state, roSpec }, "ADD_ROSPEC_RESPONSE", id, done);
}

function move(state: LlrpState, { name, id, fields }: LlrpMessage): SimulatorStep<LlrpState> {
  const wanted = wholeOf(fields["ROSpecID"]);
  const { roSpec } = state;
  const from = name === "ENABLE_ROSPEC" ? "disabled" : "inactive";
  const moves = name === "ENABLE_ROSPEC" ? "inactive" : "active";
  if (roSpec === undefined || roSpec.id !== wanted || roSpec.moves !== from)
    return say(state, `${name}_RESPONSE`, id, statusOf(llrpStatus.invalid, `no ${from} ROSpec ${wanted}`));
  return say({ ...state, roSpec: { ...roSpec, moves } }, `${name}_RESPONSE`, id, done);
}

/** As the maker's own request wants it: the next subtype. */
function answerCustom(state: LlrpState, { name, id, fields }: LlrpMessage): SimulatorStep<LlrpState> {
  const subtype = (wholeOf(fields["MessageSubtype"]) ?? 0) + 1;
  const answer = { name, id, fields: { ...fields, MessageSubtype: subtype, Data: "" } };
  return sayWith(state, answer, [done]);
}
