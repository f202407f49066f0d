import { r2000Broadcast } from "../../protocols/codecs/r2000-a0/tables.ts";
import type { R2000Content, R2000Frame } from "../../protocols/codecs/r2000-a0.ts";
import { r2000A0 } from "../../protocols/codecs/r2000-a0.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Driver } from "../driver.ts";
import { run } from "../driver.ts";
import { Conversation } from "./parts/conversation.ts";
import type { R2000Question } from "./parts/r2000-questions.ts";
import { commandOf, errorOf, faultOf, hasPower, requestOf, tagEffects } from "./parts/r2000-questions.ts";
import type { Question, Reply, Script } from "./parts/script.ts";

type Settings = SettingsOf<"r2000-a0">;

/** UHF readers with an Impinj R2000 or E710 that speak the "A0" protocol (Rodinbell, Invelion and many others). */
export const r2000Reader: Driver<Settings> = {
  name: "r2000-a0",
  transports: ["serial", "tcp"],
  start: (settings) => run(new R2000Session(settings)),
};

/** After an error, so that a reader that refuses everything is not asked without end. */
const errorPauseMs = 200;

interface Memory {
  /** Whose turn it is in `settings.antennas`. */
  readonly turn: number;
}
type Heard = Reply<Memory, R2000Question>;
type Hear = (memory: Memory, content: R2000Content) => Heard | undefined;

/*
 *   opened -> firmware -> [power -> [new-power]] -> antenna -> inventory -> antenna of the next turn ...
 *                                                     ^            |
 *                                                     +-- pause <--+ error
 */
export class R2000Session extends Conversation<R2000Frame, Memory, R2000Question> {
  constructor(settings: Settings) {
    super(new R2000Script(settings));
  }
}

class R2000Script implements Script<R2000Frame, Memory, R2000Question> {
  readonly codec = r2000A0;
  readonly memory = { turn: 0 };
  readonly first = "firmware";
  readonly questions: Script<R2000Frame, Memory, R2000Question>["questions"];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { powerDbm } = settings;
    this.questions = {
      firmware: this.#question("firmware", (_, { kind }) =>
        kind === "firmware"
          ? { next: powerDbm === undefined ? "antenna" : "power", greets: true }
          : undefined,
      ),
      power: this.#question("power", (_, content) => ({
        next: hasPower(content, powerDbm) ? "antenna" : "new-power",
      })),
      "new-power": this.#question("new-power", (memory, content) =>
        settled(memory, "power", errorOf(content), "antenna"),
      ),
      antenna: this.#question("antenna", (memory, content) => {
        const error = errorOf(content);
        return error === undefined ? { next: "inventory" } : this.#endTurn(memory, error);
      }),
      // A reader that restarted has forgotten its work antenna, so a lost round begins with that.
      inventory: this.#question("inventory", (memory, content) => this.#hearEnd(memory, content), "antenna"),
    };
  }

  stranger({ address }: R2000Frame): string | undefined {
    const expected = this.#settings.address;
    return expected === r2000Broadcast || address === expected
      ? undefined
      : `a reader with address ${address} answered`;
  }

  overhear(_: Memory, { content }: R2000Frame, asked: R2000Question | undefined): Heard | undefined {
    if (content.kind !== "tag") return undefined;
    return { next: asked === "inventory" ? "more" : "aside", effects: tagEffects(content) };
  }

  #question(
    name: R2000Question,
    hear: Hear,
    again: R2000Question = name,
  ): Question<R2000Frame, Memory, R2000Question> {
    return {
      ask: (memory) => [requestOf(name, this.#settings, this.#antenna(memory))],
      hear: (memory, { command, content }) =>
        command === commandOf(name, this.#settings) ? hear(memory, content) : undefined,
      again,
    };
  }

  #hearEnd(memory: Memory, content: R2000Content): Heard | undefined {
    if (content.kind !== "inventory-end") return this.#endTurn(memory, errorOf(content));
    // The end of a round on another antenna was begun before a repeat.
    return content.antenna + 1 === this.#antenna(memory) ? this.#endTurn(memory, undefined) : undefined;
  }

  /** The antenna's turn is over, for good or ill. */
  #endTurn(memory: Memory, error: number | undefined): Heard {
    const next = { turn: (memory.turn + 1) % this.#settings.antennas.length };
    const place = `antenna ${this.#antenna(memory)}`;
    const afterMs = error === undefined ? 0 : errorPauseMs;
    return { ...settled(next, place, error, "antenna"), afterMs, round: true };
  }

  #antenna({ turn }: Memory): number {
    return this.#settings.antennas[turn] ?? 1;
  }
}

function settled(memory: Memory, place: string, error: number | undefined, next: R2000Question): Heard {
  const fault = error === undefined ? undefined : faultOf(place, error);
  return { memory, next, verdicts: [{ place, fault }] };
}
