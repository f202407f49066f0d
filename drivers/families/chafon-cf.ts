import {
  chafonCfCommand,
  chafonCfErrors,
  chafonCfFinished,
  chafonCfParameters,
} from "../../protocols/codecs/chafon/cf-tables.ts";
import type { ChafonCfContent, ChafonCfFrame } from "../../protocols/codecs/chafon-cf.ts";
import { chafonCf } from "../../protocols/codecs/chafon-cf.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import { fromHex, toHex } from "../../protocols/stream/bytes.ts";
import type { Driver } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { Question, Reply, Script } from "./parts/script.ts";
import { tagSeen } from "./parts/tag.ts";

type Settings = SettingsOf<"chafon-cf">;

/** Newer Chafon readers ("UHF Prime", CF600, M200). */
export const chafonCfReader: Driver<Settings> = {
  name: "chafon-cf",
  transports: ["serial", "tcp"],
  start: (settings) => run(new ChafonCfSession(settings)),
};

const errorPauseMs = 200;
const broadcast = 0xff;
/** By time (0), a second long: 00 00000001. */
const oneSecond = "0000000001";
/** The second, and what the last tag may take. */
const roundMs = 1_500;
/** Stronger or weaker than any tag answers: then the field means something else in this firmware. */
const believable = { weakestDbm: -120, strongestDbm: 0 } as const;

type Name = "stop" | "parameters" | "new-parameters" | "inventory";
interface Memory {
  /** All parameters as they are to be, hex. */
  readonly wanted: string;
}
type Heard = Reply<Memory, Name>;

/*
 *   opened -> stop -> parameters -> [new-parameters] -> inventory -> inventory ...
 *                          ^ a round without a word is no sign of life: the parameters are asked again
 */
export class ChafonCfSession extends Conversation<ChafonCfFrame, Memory, Name> {
  constructor(settings: Settings) {
    super(new ChafonCfScript(settings));
  }
}

class ChafonCfScript implements Script<ChafonCfFrame, Memory, Name> {
  readonly codec = chafonCf;
  readonly memory = { wanted: "" };
  readonly first = "stop";
  readonly questions: Script<ChafonCfFrame, Memory, Name>["questions"];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    this.questions = {
      stop: { ...this.#question("stop", () => ({ next: "parameters" })), again: "parameters" },
      parameters: this.#question("getParameters", (_, content) => this.#hearParameters(content)),
      "new-parameters": this.#question(
        "setParameters",
        (_, { status }) => settled("parameters", status, "inventory"),
        ({ wanted }) => wanted,
      ),
      inventory: {
        // "Done" may also mean that the round has begun: its end says more, or silence does.
        ...this.#question(
          "inventory",
          (_, { status }) => (status === 0 ? { next: "more" } : this.#endRound(status)),
          () => oneSecond,
        ),
        waitMs: roundMs,
        again: "parameters",
        silenceEnds: () => this.#endRound(0),
      },
    };
  }

  stranger({ address }: ChafonCfFrame): string | undefined {
    const expected = this.#settings.address;
    return expected === broadcast || address === expected
      ? undefined
      : `a reader with address ${address} answered`;
  }

  farewell(): Uint8Array {
    return this.#request("stop", "");
  }

  overhear(_: Memory, { content }: ChafonCfFrame, asked: Name | undefined): Heard | undefined {
    if (content.kind !== "tag") return undefined;
    const { epc, antenna, rssiRaw } = content;
    const rssiDbm = rssiRaw / 10;
    const believed = rssiDbm >= believable.weakestDbm && rssiDbm < believable.strongestDbm;
    const seen = {
      epcHex: epc,
      ...(antenna > 0 ? { antenna } : {}),
      ...(believed ? { rssiDbm } : {}),
    };
    return { next: asked === "inventory" ? "more" : "aside", effects: tagSeen(seen) };
  }

  #request(command: keyof typeof chafonCfCommand, data: string): Uint8Array {
    const { address } = this.#settings;
    return chafonCf.encode({
      address,
      command: chafonCfCommand[command],
      content: { kind: "request", data },
    });
  }

  #question(
    command: keyof typeof chafonCfCommand,
    hear: (memory: Memory, reply: Extract<ChafonCfContent, { kind: "reply" }>) => Heard | undefined,
    data: (memory: Memory) => string = () => "",
  ): Question<ChafonCfFrame, Memory, Name> {
    return {
      ask: (memory) => [this.#request(command, data(memory))],
      hear: (memory, { command: answered, content }) =>
        answered === chafonCfCommand[command] && content.kind === "reply" ? hear(memory, content) : undefined,
    };
  }

  #hearParameters({ status, data }: Extract<ChafonCfContent, { kind: "reply" }>): Heard {
    const before = fromHex(data) ?? new Uint8Array();
    if (status !== 0 || before.length < chafonCfParameters.bytes)
      return { ...settled("parameters", status, "inventory"), greets: true, round: true };
    const wanted = toHex(this.#wanted(before));
    const next = wanted === data ? "inventory" : "new-parameters";
    return { ...settled("parameters", 0, next), memory: { wanted }, greets: true, round: true };
  }

  /** The same parameters, with what the configuration says in its places. */
  #wanted(before: Uint8Array): Uint8Array {
    const { antennas, powerDbm, session } = this.#settings;
    const mask = antennas.reduce((bits, antenna) => bits | (1 << (antenna - 1)), 0);
    const after = before.slice();
    after[chafonCfParameters.antennas] = mask;
    if (powerDbm !== undefined) after[chafonCfParameters.power] = powerDbm;
    if (session !== undefined) after[chafonCfParameters.session] = session;
    return after;
  }

  #endRound(status: number): Heard {
    const { restMs } = this.#settings;
    const well = status === 0 || chafonCfFinished.includes(status);
    const heard = settled("inventory", well ? 0 : status, "inventory");
    return { ...heard, afterMs: well ? restMs : errorPauseMs + restMs, round: true };
  }
}

function settled(place: string, status: number, next: Name): Heard {
  const words = `${chafonCfErrors[status] ?? "unknown error"} (0x${status.toString(16).padStart(2, "0")})`;
  const fault: Fault = { code: "reader-error", detail: `${place}: ${words}` };
  return { next, verdicts: [{ place, fault: status === 0 ? undefined : fault }] };
}
