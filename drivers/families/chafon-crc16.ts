import type { ChafonContent } from "../../protocols/codecs/chafon/content.ts";
import { chafonCommand } from "../../protocols/codecs/chafon/content.ts";
import { chafonErrors, chafonReaders, chafonStatus } from "../../protocols/codecs/chafon/tables.ts";
import type { ChafonFrame } from "../../protocols/codecs/chafon-crc16.ts";
import { chafonCrc16 } from "../../protocols/codecs/chafon-crc16.ts";
import type { SettingsOf } from "../../protocols/config/devices.ts";
import type { Fault } from "../../protocols/faults.ts";
import { toHex } from "../../protocols/stream/bytes.ts";
import type { Driver, SessionEffect } from "../driver.ts";
import { run } from "../driver.ts";
import { bandSetting, hasBand, inventoryRequest, inventoryWaitMs } from "./parts/chafon-requests.ts";
import { Conversation } from "./parts/conversation.ts";
import type { Question, Reply, Script } from "./parts/script.ts";
import { tagSeen } from "./parts/tag.ts";

type Settings = SettingsOf<"chafon-crc16">;

/** UHFReader18, 86 and 288 readers (Chafon, RRU and their kin). */
export const chafonCrc16Reader: Driver<Settings> = {
  name: "chafon-crc16",
  transports: ["serial", "tcp"],
  start: (settings) => run(new ChafonSession(settings)),
};

/** After an error, so that a reader that refuses everything is not asked without end. */
const errorPauseMs = 200;
const broadcast = 0xff;

type Name = "information" | "new-power" | "new-band" | "inventory";
interface Memory {
  /** Whose turn it is in `settings.antennas`. */
  readonly turn: number;
  /** Whether this reader has antennas to choose from. */
  readonly ports: boolean;
  readonly scanMs: number;
  readonly bandIsRight: boolean;
}
type Heard = Reply<Memory, Name>;
type Information = Extract<ChafonContent, { kind: "information" }>;

/*
 *   opened -> information -> [new-power] -> [new-band] -> inventory of the next antenna ...
 *                  ^ no end of a round: a reader that is at work hears nothing, so it is asked what it is again
 */
export class ChafonSession extends Conversation<ChafonFrame, Memory, Name> {
  constructor(settings: Settings) {
    super(new ChafonScript(settings));
  }
}

class ChafonScript implements Script<ChafonFrame, Memory, Name> {
  readonly codec = chafonCrc16;
  readonly memory = { turn: 0, ports: false, scanMs: 0, bandIsRight: true };
  readonly first = "information";
  readonly questions: Script<ChafonFrame, Memory, Name>["questions"];
  readonly #settings: Settings;

  constructor(settings: Settings) {
    this.#settings = settings;
    const { powerDbm = 0, band } = settings;
    this.questions = {
      information: this.#question(
        chafonCommand.information,
        () => [],
        (memory, content) =>
          content.kind === "information" ? this.#hearInformation(memory, content) : undefined,
      ),
      "new-power": this.#question(
        chafonCommand.setPower,
        () => [powerDbm],
        (memory, content) => settled(memory, "power", content, memory.bandIsRight ? "inventory" : "new-band"),
      ),
      "new-band": this.#question(
        chafonCommand.setBand,
        () => bandSetting(band),
        (memory, content) => settled(memory, "band", content, "inventory"),
      ),
      inventory: {
        ...this.#question(
          chafonCommand.inventory,
          (memory) => inventoryRequest(settings, memory.ports ? this.#antenna(memory) : undefined),
          (memory, content) => this.#hearInventory(memory, content),
        ),
        again: "information",
        waitMs: ({ scanMs }) => inventoryWaitMs(scanMs),
      },
    };
  }

  stranger({ address }: ChafonFrame): string | undefined {
    const expected = this.#settings.address;
    return expected === broadcast || address === expected
      ? undefined
      : `a reader with address ${address} answered`;
  }

  #question(
    command: number,
    payload: (memory: Memory) => readonly number[],
    hear: (memory: Memory, content: ChafonContent) => Heard | undefined,
  ): Question<ChafonFrame, Memory, Name> {
    const { address } = this.#settings;
    return {
      ask: (memory) => {
        const data = toHex(Uint8Array.from(payload(memory)));
        return [chafonCrc16.encode({ address, command, content: { kind: "data", data } })];
      },
      // A reply to another command does not answer this one, however good its CRC is.
      hear: (memory, frame) => (frame.command === command ? hear(memory, frame.content) : undefined),
    };
  }

  #hearInformation(memory: Memory, content: Information): Heard {
    const { powerDbm, band } = this.#settings;
    const learned = {
      ...memory,
      ports: chafonReaders[content.readerType]?.ports ?? false,
      scanMs: Number.parseInt(content.rest.slice(0, 2), 16) * 100,
      bandIsRight: hasBand(content, band),
    };
    const powerIsRight = powerDbm === undefined || powerDbm === content.powerDbm;
    const afterPower = learned.bandIsRight ? "inventory" : "new-band";
    return { memory: learned, next: powerIsRight ? afterPower : "new-power", greets: true };
  }

  #hearInventory(memory: Memory, content: ChafonContent): Heard | undefined {
    if (content.kind === "tags") {
      const effects = this.#tagEffects(content);
      if (content.status === chafonStatus.moreFollows) return { next: "more", effects };
      return { ...this.#endTurn(memory, undefined), effects };
    }
    if (content.kind !== "reply") return undefined;
    const { status } = content;
    if (status === chafonStatus.statistics) return { next: "aside" };
    const rounds: readonly number[] = [
      chafonStatus.done,
      chafonStatus.finished,
      chafonStatus.timeOver,
      chafonStatus.noTag,
    ];
    return this.#endTurn(memory, rounds.includes(status) ? undefined : status);
  }

  /** The strength of the signal is a table of the module and no dBm, so no reading has it. */
  #tagEffects({ antennaMask, tags }: Extract<ChafonContent, { kind: "tags" }>): readonly SessionEffect[] {
    const antenna = antennaMask === undefined ? undefined : antennaOf(antennaMask);
    return tags.flatMap(({ epc }) => tagSeen({ epcHex: epc, ...(antenna === undefined ? {} : { antenna }) }));
  }

  /** The antenna's turn is over, for good or ill. */
  #endTurn(memory: Memory, error: number | undefined): Heard {
    const { antennas, restMs } = this.#settings;
    const place = memory.ports ? `antenna ${this.#antenna(memory)}` : "inventory";
    const next = { ...memory, turn: memory.ports ? (memory.turn + 1) % antennas.length : 0 };
    const fault = error === undefined ? undefined : faultOf(place, error);
    const afterMs = error === undefined ? restMs : errorPauseMs + restMs;
    return { memory: next, next: "inventory", afterMs, round: true, verdicts: [{ place, fault }] };
  }

  #antenna({ turn }: Memory): number {
    return this.#settings.antennas[turn] ?? 1;
  }
}

/** The lowest antenna of a mask of bits. */
const antennaOf = (mask: number): number | undefined =>
  mask === 0 ? undefined : 32 - Math.clz32(mask & -mask);

function settled(memory: Memory, place: string, content: ChafonContent, next: Name): Heard | undefined {
  if (content.kind !== "reply") return undefined;
  const { status } = content;
  const fault = status === chafonStatus.done ? undefined : faultOf(place, status);
  return { memory, next, verdicts: [{ place, fault }] };
}

function faultOf(place: string, error: number): Fault {
  if (error === chafonStatus.antennaMissing)
    return { code: "antenna-missing", detail: `${place} is not connected` };
  const words = chafonErrors[error] ?? "unknown error";
  return { code: "reader-error", detail: `${place}: ${words} (0x${error.toString(16).padStart(2, "0")})` };
}
