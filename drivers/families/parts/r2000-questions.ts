import { closePacket } from "../../../protocols/codecs/r2000-a0/packet.ts";
import { r2000Requests } from "../../../protocols/codecs/r2000-a0/requests.ts";
import {
  frequencyMhz,
  r2000Command,
  r2000Errors,
  r2000Success,
  rssiDbm,
} from "../../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content } from "../../../protocols/codecs/r2000-a0.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { SessionEffect } from "../../driver.ts";
import { tagSeen } from "./tag.ts";

type Settings = SettingsOf<"r2000-a0">;

/** The protocol's word for the shortest round, 30 to 50 ms. */
const shortestRound = 255;
/** Units with more antennas tell their power under another command. */
const antennasOfSmallUnit = 4;

const hasEightPorts = ({ antennas }: Settings): boolean => Math.max(...antennas) > antennasOfSmallUnit;
const powerCommand = (settings: Settings): number =>
  hasEightPorts(settings) ? r2000Command.getPowerOfEight : r2000Command.getPower;

interface QuestionEntry {
  /** The command whose answer settles the question. */
  readonly command: (settings: Settings) => number;
  /** What to send; the antenna is the one whose turn it is, 1-based. */
  readonly request: (settings: Settings, antenna: number) => Uint8Array;
}

/** Everything that the session asks of a reader. */
const questions = {
  firmware: {
    command: () => r2000Command.getFirmware,
    request: ({ address }) => r2000Requests.getFirmware(address),
  },
  power: {
    command: powerCommand,
    request: (settings) =>
      closePacket({
        address: settings.address,
        command: powerCommand(settings),
        payload: new Uint8Array(),
      }),
  },
  "new-power": {
    command: () => r2000Command.setPower,
    request: ({ address, powerDbm = 0 }) => r2000Requests.setPower(address, powerDbm),
  },
  antenna: {
    command: () => r2000Command.setWorkAntenna,
    request: ({ address }, antenna) => r2000Requests.setWorkAntenna(address, antenna - 1),
  },
  inventory: {
    command: () => r2000Command.realTimeInventory,
    request: ({ address }) => r2000Requests.realTimeInventory(address, shortestRound),
  },
} as const satisfies Record<string, QuestionEntry>;
export type R2000Question = keyof typeof questions;

export const commandOf = (question: R2000Question, settings: Settings): number =>
  questions[question].command(settings);
export const requestOf = (question: R2000Question, settings: Settings, antenna: number): Uint8Array =>
  questions[question].request(settings, antenna);

/** One byte when all antennas have the same power, else one for each. */
export function hasPower(content: R2000Content, powerDbm: number | undefined): boolean {
  if (content.kind === "byte") return content.value === powerDbm;
  return content.kind === "powers" && content.powersDbm.every((power) => power === powerDbm);
}

/** The error that an answer means; undefined for success. */
export function errorOf(content: R2000Content): number | undefined {
  if (content.kind === "failure" || content.kind === "antenna-failure") return content.error;
  if (content.kind !== "byte") return commandFailed;
  return content.value === r2000Success ? undefined : content.value;
}
const commandFailed = 0x11;
const antennaMissing = 0x22;

export function faultOf(place: string, error: number): Fault {
  if (error === antennaMissing) return { code: "antenna-missing", detail: `${place} is not connected` };
  const words = r2000Errors[error] ?? "unknown error";
  return { code: "reader-error", detail: `${place}: ${words} (0x${error.toString(16).padStart(2, "0")})` };
}

export function tagEffects(tag: R2000Content & { kind: "tag" }): readonly SessionEffect[] {
  const megahertz = frequencyMhz(tag.frequencyIndex);
  return tagSeen({
    epcHex: tag.epc,
    antenna: tag.antenna + 1,
    rssiDbm: rssiDbm(tag.rssiRaw),
    ...(megahertz === undefined ? {} : { frequencyMhz: megahertz }),
  });
}
