import type { MercuryTag } from "../../protocols/codecs/mercury/content.ts";
import { mercuryOpcode } from "../../protocols/codecs/mercury/content.ts";
import { gen2CrcFits } from "../../protocols/codecs/mercury/describe.ts";
import { mercuryStatus, mercuryStatuses } from "../../protocols/codecs/mercury/tables.ts";
import type { MercuryFrame } from "../../protocols/codecs/mercury-ff.ts";
import { mercuryFf } from "../../protocols/codecs/mercury-ff.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import { toHex } from "../../protocols/stream/bytes.ts";
import type { Driver, SessionEffect } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { MercurySetting } from "./parts/mercury-settings.ts";
import {
  antennaList,
  beginReading,
  endReading,
  hexOf,
  mercurySettings,
  settingAfter,
} from "./parts/mercury-settings.ts";
import type { Question, Reply, Script } from "./parts/script.ts";
import { tagSeen } from "./parts/tag.ts";

type Settings = SettingsOf<"mercury-ff">;

/** ThingMagic and Jadak modules (M5e, M6e, M7e) and those of Silion that speak alike. */
export const mercuryReader: Driver<Settings> = {
  name: "mercury-ff",
  transports: ["serial", "tcp"],
  start: (settings) => run(new MercurySession(settings)),
};

/** A sign of life comes each second. */
const streamMs = 3_000;
/** The firmware starts; M6e need some 300 ms. */
const bootMs = 650;
const errorPauseMs = 1_000;
/** Signs of life without a complaint after which it is over; a hot module complains again and again. */
const quietAfter = 3;
const noRegion = "00";

type Name = "halt" | "version" | "boot" | MercurySetting | `new-${MercurySetting}` | "antennas" | "stream";
interface Memory {
  /** Whether the boot loader was left already, so that "invalid opcode" means what it says. */
  readonly booted: boolean;
  readonly quiet: number;
}
type Module = Extract<MercuryFrame, { from: "module" }>;
type Heard = Reply<Memory, Name>;
type Asking = Question<MercuryFrame, Memory, Name>;
type Hear = (memory: Memory, frame: Module) => Heard | undefined;

/*
 *   opened -> halt -> version -> region, protocol, filter ... each -> [new-...] -> antennas -> stream, tags and signs of life
 *                      ^  boot loader: boot                                          | silence
 *                      '------------------------------- halt <-----------------------'
 */
export class MercurySession extends Conversation<MercuryFrame, Memory, Name> {
  constructor(settings: Settings) {
    super(new MercuryScript(settings));
  }
}

class MercuryScript implements Script<MercuryFrame, Memory, Name> {
  readonly codec = mercuryFf;
  readonly memory = { booted: false, quiet: 0 };
  readonly first = "halt";
  readonly questions: Script<MercuryFrame, Memory, Name>["questions"];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { version, boot, continuous, setAntennas } = mercuryOpcode;
    this.questions = {
      halt: { ...question(continuous, endReading, () => ({ next: "version" })), again: "version" },
      version: question(version, "", (_, { content }) =>
        content.kind === "version" ? { next: this.#after(undefined), greets: true } : undefined,
      ),
      boot: {
        ...question(boot, "", (memory) => ({
          memory: { ...memory, booted: true },
          next: "version",
          afterMs: bootMs,
        })),
        again: "version",
      },
      ...this.#settingQuestions("region"),
      ...this.#settingQuestions("protocol"),
      ...this.#settingQuestions("filter"),
      ...this.#settingQuestions("session"),
      ...this.#settingQuestions("target"),
      ...this.#settingQuestions("power"),
      antennas: question(setAntennas, antennaList(settings), (_, { status }) =>
        settled("antennas", status, "stream"),
      ),
      stream: { ...question(continuous, beginReading, hearBegin), waitMs: streamMs, again: "halt" },
    };
  }

  farewell(): Uint8Array {
    return request(mercuryOpcode.continuous, endReading);
  }

  overhear(memory: Memory, frame: MercuryFrame, asked: Name | undefined): Heard | undefined {
    if (frame.from === "host") return { next: "aside" };
    if (frame.opcode === mercuryOpcode.readMany)
      return hearStream(memory, frame, asked === "stream" ? "more" : "aside");
    if (frame.status !== mercuryStatus.bootLoader || memory.booted || asked === "boot" || asked === "halt")
      return undefined;
    return { next: "boot" };
  }

  #after(setting: MercurySetting | undefined): Name {
    return settingAfter(setting, this.#settings) ?? "antennas";
  }

  #settingQuestions<Setting extends MercurySetting>(
    setting: Setting,
  ): { readonly [Each in Setting | `new-${Setting}`]: Asking } {
    const { get, set, value } = mercurySettings[setting];
    const wanted = mercurySettings[setting].wanted(this.#settings);
    const reading = question(get.opcode, get.data, (_, frame) => {
      const next = this.#after(setting);
      if (frame.status !== mercuryStatus.done) return settled(setting, frame.status, next);
      const stands = value(dataOf(frame));
      if (wanted === undefined) return { next, verdicts: [regionVerdict(stands)] };
      return stands === wanted ? settled(setting, mercuryStatus.done, next) : { next: `new-${setting}` };
    });
    const writing = question(set.opcode, set.data + (wanted ?? ""), (_, { status }) =>
      settled(setting, status, this.#after(setting)),
    );
    return { [setting]: reading, [`new-${setting}`]: writing } as {
      readonly [Each in Setting | `new-${Setting}`]: Asking;
    };
  }
}

const request = (opcode: number, data: string): Uint8Array =>
  mercuryFf.encode({ from: "host", opcode, content: { kind: "data", data } });

const question = (opcode: number, data: string, hear: Hear): Asking => ({
  ask: () => [request(opcode, data)],
  hear: (memory, frame) =>
    frame.from === "module" && frame.opcode === opcode ? hear(memory, frame) : undefined,
});

/** What stands between the status and the CRC. */
const dataOf = (frame: Module): string => toHex(mercuryFf.encode(frame).subarray(5, -2));

const hearBegin: Hear = (memory, { status }) => {
  // Whoever restarts now is in the boot loader again.
  if (status === mercuryStatus.done)
    return { ...settled("reading", status, "more"), memory: { ...memory, booted: false } };
  return { ...settled("reading", status, "halt"), afterMs: errorPauseMs, round: true };
};

/** Tags, signs of life and complaints of a continuous inventory. */
function hearStream(memory: Memory, { status, content }: Module, next: "more" | "aside"): Heard {
  const complaint = complaints[status];
  if (complaint !== undefined) return { next, memory: { ...memory, quiet: 0 }, verdicts: [complaint] };
  if (content.kind === "tag") return { next, effects: tagEffects(content) };
  const quiet = status === mercuryStatus.keepAlive ? memory.quiet + 1 : memory.quiet;
  const over =
    quiet === quietAfter ? Object.values(complaints).map(({ place }) => ({ place, fault: undefined })) : [];
  return { next, memory: { ...memory, quiet }, verdicts: over };
}

interface Complaint {
  readonly place: string;
  readonly fault: Fault;
}
const complaints: Readonly<Record<number, Complaint>> = {
  [mercuryStatus.tooHot]: {
    place: "temperature",
    fault: { code: "reader-error", detail: "the module is too hot and reads less until it has cooled" },
  },
  [mercuryStatus.highReturnLoss]: {
    place: "return loss",
    fault: {
      code: "antenna-missing",
      detail: "an antenna throws the power back: it is not connected, or broken",
    },
  },
};

/** A tag is believed when its own CRC fits. */
function tagEffects(tag: MercuryTag): readonly SessionEffect[] {
  if (!gen2CrcFits(tag)) {
    const bytes = mercuryFf.encode({
      from: "module",
      opcode: mercuryOpcode.readMany,
      status: mercuryStatus.done,
      content: tag,
    });
    return [{ kind: "noise", byteCount: bytes.length }];
  }
  const { epc: epcHex, antennaTx: antenna, rssiDbm, frequencyKhz } = tag;
  return tagSeen({ epcHex, antenna, rssiDbm, frequencyMhz: frequencyKhz / 1_000 });
}

const regionVerdict = (region: string): { readonly place: string; readonly fault: Fault | undefined } => ({
  place: "region",
  fault:
    region === noRegion
      ? { code: "reader-error", detail: "the module has no region, and the configuration names none" }
      : undefined,
});

function settled(place: string, status: number, next: Heard["next"]): Heard {
  const words = `${mercuryStatuses[status] ?? "unknown error"} (0x${hexOf(status, 2)})`;
  const fault: Fault = { code: "reader-error", detail: `${place}: ${words}` };
  return { next, verdicts: [{ place, fault: status === mercuryStatus.done ? undefined : fault }] };
}
