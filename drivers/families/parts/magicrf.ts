import type { StreamCodec } from "../../../protocols/codec.ts";
import type { MagicrfContent } from "../../../protocols/codecs/magicrf/content.ts";
import { magicrfCommand, magicrfErrors } from "../../../protocols/codecs/magicrf/content.ts";
import { tagCrcFits } from "../../../protocols/codecs/magicrf/describe.ts";
import type { MagicrfFrame } from "../../../protocols/codecs/magicrf/frame.ts";
import type { SettingsOf } from "../../../protocols/config/devices.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { MagicrfSetting } from "./magicrf-settings.ts";
import { hexOf, magicrfSettings, settingAfter } from "./magicrf-settings.ts";
import type { Question, Reply, Script } from "./script.ts";
import { tagSeen } from "./tag.ts";

type Settings = SettingsOf<"m100-bb">;

export type MagicrfQuestion = "stop" | "information" | MagicrfSetting | `new-${MagicrfSetting}` | "inventory";
export interface MagicrfMemory {
  /** What is to be written into the setting that was just read, as hex. */
  readonly wanted: string;
}
type Heard = Reply<MagicrfMemory, MagicrfQuestion>;
type Asking = Question<MagicrfFrame, MagicrfMemory, MagicrfQuestion>;

interface Family {
  readonly codec: StreamCodec<MagicrfFrame>;
  readonly sister: { readonly codec: StreamCodec<MagicrfFrame>; readonly words: string };
  readonly settings: Settings;
}

/** As many rounds as a multi-poll can have; it ends by itself and is begun anew. */
const roundsWithoutRest = 0xffff;
/** Of a module that is to rest between its polls: a quarter of a second. */
const roundsBeforeRest = 10;
/** An empty round says so, about 36 times a second: after this silence the multi-poll has ended. */
const quietMs = 300;
/** With `quietMs` three seconds without a sign of life, as every other question has. */
const quietTimes = 9;
const errorPauseMs = 200;
const noTag = 0x15;

/*
 *   opened -> stop -> information -> [power -> [new-power]] -> [region ...] -> [query ...] -> inventory -> inventory ...
 *                                                                   silence: it has ended by itself ^
 */
export class MagicrfScript implements Script<MagicrfFrame, MagicrfMemory, MagicrfQuestion> {
  readonly codec: StreamCodec<MagicrfFrame>;
  readonly sister: {
    readonly codec: StreamCodec<MagicrfFrame>;
    readonly words: string;
    readonly ask: Uint8Array;
  };
  readonly memory = { wanted: "" };
  readonly first = "stop";
  readonly questions: Script<MagicrfFrame, MagicrfMemory, MagicrfQuestion>["questions"];
  readonly #settings: Settings;

  constructor({ codec, sister, settings }: Family) {
    this.codec = codec;
    this.sister = { ...sister, ask: informationOf(sister.codec) };
    this.#settings = settings;
    this.questions = {
      stop: this.#stop(),
      information: {
        ask: () => [informationOf(codec)],
        hear: (_, { content }) =>
          content.kind === "text" ? { next: this.#after(undefined), greets: true } : undefined,
      },
      power: this.#reading("power"),
      "new-power": this.#writing("power"),
      region: this.#reading("region"),
      "new-region": this.#writing("region"),
      query: this.#reading("query"),
      "new-query": this.#writing("query"),
      inventory: this.#inventory(),
    };
  }

  farewell(): Uint8Array {
    return this.#command(magicrfCommand.stop);
  }

  overhear(
    _: MagicrfMemory,
    { type, content }: MagicrfFrame,
    asked: MagicrfQuestion | undefined,
  ): Heard | undefined {
    // A line that echoes what we send answers nothing.
    if (type === "command") return { next: "aside" };
    if (type !== "notification" || content.kind !== "tag") return undefined;
    return hearTag(content, asked, this.codec);
  }

  /** A poll that somebody began before would mix its tags with the answers. */
  #stop(): Asking {
    return {
      ask: () => [this.#command(magicrfCommand.stop)],
      hear: (_, { command }) => (command === magicrfCommand.stop ? { next: "information" } : undefined),
      again: "information",
    };
  }

  #reading(setting: MagicrfSetting): Asking {
    const { get, wanted } = magicrfSettings[setting];
    return {
      ask: () => [this.#command(get)],
      hear: (_, { command, content }) => {
        const failure = failureOf(content);
        if (failure !== undefined) return refused(setting, failure, this.#after(setting));
        if (command !== get) return undefined;
        const before = hexOfContent(content);
        const after = wanted(before, this.#settings);
        if (after === before) return { next: this.#after(setting) };
        return { next: `new-${setting}`, memory: { wanted: after } };
      },
    };
  }

  #writing(setting: MagicrfSetting): Asking {
    const { set } = magicrfSettings[setting];
    return {
      ask: ({ wanted }) => [this.#command(set, wanted)],
      hear: (_, { command, content }) => {
        const failure = failureOf(content);
        if (failure !== undefined) return refused(setting, failure, this.#after(setting));
        return command === set ? { next: this.#after(setting) } : undefined;
      },
    };
  }

  #inventory(): Asking {
    const { restMs } = this.#settings;
    const rounds = restMs === 0 ? roundsWithoutRest : roundsBeforeRest;
    return {
      ask: () => [this.#command(magicrfCommand.inventoryMany, `22${hexOf(rounds, 2)}`)],
      hear: (_, { content }) => (content.kind === "failure" ? hearFailure(content.error) : undefined),
      waitMs: quietMs,
      repeats: quietTimes,
      silenceEnds: () => ({ next: "inventory", afterMs: restMs, round: true }),
    };
  }

  #after(setting: MagicrfSetting | undefined): MagicrfQuestion {
    return settingAfter(setting, this.#settings) ?? "inventory";
  }

  #command(command: number, parameter = ""): Uint8Array {
    return this.codec.encode({ type: "command", command, content: { kind: "data", parameter } });
  }
}

const informationOf = (codec: StreamCodec<MagicrfFrame>): Uint8Array =>
  codec.encode({
    type: "command",
    command: magicrfCommand.information,
    content: { kind: "data", parameter: "00" },
  });

/** The frame's sum is weak, and an EPC read wrongly is false data: the tag's own CRC must fit as well. */
function hearTag(
  tag: Extract<MagicrfContent, { kind: "tag" }>,
  asked: MagicrfQuestion | undefined,
  codec: StreamCodec<MagicrfFrame>,
): Heard {
  const next = asked === "inventory" ? "more" : "aside";
  if (!tagCrcFits(tag)) {
    const bytes = codec.encode({ type: "notification", command: magicrfCommand.inventory, content: tag });
    return { next, effects: [{ kind: "noise", byteCount: bytes.length }] };
  }
  const { epc: epcHex, rssiDbm } = tag;
  return {
    next,
    effects: tagSeen({ epcHex, rssiDbm }),
    verdicts: [{ place: "inventory", fault: undefined }],
  };
}

/** "No tag" is the sign of life of an empty round. */
function hearFailure(error: number): Heard {
  if (error === noTag) return { next: "more", verdicts: [{ place: "inventory", fault: undefined }] };
  return { ...refused("inventory", error, "inventory"), afterMs: errorPauseMs, round: true };
}

/** The error of an answer, other than the sign of life of a poll that is ending. */
const failureOf = (content: MagicrfContent): number | undefined =>
  content.kind === "failure" && content.error !== noTag ? content.error : undefined;

function refused(place: string, error: number, next: MagicrfQuestion): Heard {
  const words = magicrfErrors[error] ?? "unknown error";
  const fault: Fault = { code: "reader-error", detail: `${place}: ${words} (0x${hexOf(error, 1)})` };
  return { next, verdicts: [{ place, fault }] };
}

function hexOfContent(content: MagicrfContent): string {
  if (content.kind === "power") return hexOf(content.centiDbm, 2);
  return content.kind === "data" ? content.parameter : "";
}
