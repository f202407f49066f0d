import { LlrpSession } from "../../../drivers/families/llrp.ts";
import { describeLlrp } from "../../../protocols/codecs/llrp/describe.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import { createLlrp } from "../../../simulators/devices/llrp.ts";
import type { LlrpOptions } from "../../../simulators/devices/parts/llrp-state.ts";
import { llrpDefaults } from "../../../simulators/devices/parts/llrp-state.ts";
import { Pump } from "./pump.ts";

const settingsByDefault: SettingsOf<"llrp"> = {
  antennas: [],
  reportEvery: 1,
  keepaliveMs: 10_000,
  hold: false,
  extensions: "none",
};

interface Set {
  readonly settings?: Partial<SettingsOf<"llrp">>;
  readonly options?: Partial<LlrpOptions>;
}

/** An LLRP session and a simulated reader on a clock that the test turns. */
export const llrpPump = ({ settings = {}, options = {} }: Set = {}) =>
  new Pump(
    new LlrpSession({ ...settingsByDefault, ...settings }),
    createLlrp({ ...llrpDefaults, ...options }),
  );
export type LlrpPump = ReturnType<typeof llrpPump>;

export function sentMessages(reader: LlrpPump): readonly LlrpMessage[] {
  return reader.sent.map((bytes) => {
    const decoded = llrp.decode(bytes);
    if (!decoded.ok) throw new Error(decoded.error);
    return decoded.value;
  });
}
export const sentNames = (reader: LlrpPump): readonly string[] =>
  sentMessages(reader).map(({ name }) => name);
export const sentAs = (reader: LlrpPump, name: string): readonly object[] =>
  sentMessages(reader)
    .filter((message) => message.name === name)
    .map(describeLlrp);

export const message = (
  name: string,
  id: number,
  fields: LlrpMessage["fields"] = {},
  ...parameters: LlrpMessage["parameters"]
): Uint8Array => llrp.encode({ version: 1, name, id, fields, parameters });

export const epcs = (reader: LlrpPump): readonly string[] => [
  ...new Set(reader.observations.map((seen) => (seen.kind === "tag" ? seen.epcHex : seen.kind))),
];
