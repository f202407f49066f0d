import type { Outbox } from "../../outbox/outbox.ts";
import { EpochOrdinal } from "./epoch-ordinal.ts";
import type { Positions } from "./presence.ts";

const collection = "uplink";
const key = "unheard";

/**
 * What HQ can know of our epoch at most before the first connection: what was on disk at the first start since the
 * last connection. It is noted there, because several starts may go by without a link, and what they write would
 * hide the hole that an old image of the file has.
 */
export class Knowable {
  readonly #outbox: Outbox;
  #positions: Positions | undefined;
  /** `not written`: the disk said so, which is not quite sure. */
  #note: "kept" | "not written" | "gone" = "kept";

  private constructor(outbox: Outbox, positions: Positions) {
    this.#outbox = outbox;
    this.#positions = positions;
  }

  static async open(outbox: Outbox): Promise<Knowable> {
    const now = { evt: outbox.position("evt"), tel: outbox.position("tel") };
    const kept = lastsOf((await outbox.documents(collection)).get(key), outbox.epoch);
    if (kept !== undefined) {
      const evt = { ...now.evt, last: kept.evt };
      return new Knowable(outbox, { evt, tel: { ...now.tel, last: kept.tel } });
    }
    const value = JSON.stringify({ epoch: outbox.epoch, evt: now.evt.last, tel: now.tel.last });
    const knowable = new Knowable(outbox, now);
    await outbox.commit({ documents: [{ collection, key, value }] }).catch(() => {
      // This start knows it all the same.
      knowable.#note = "not written";
    });
    return knowable;
  }

  /** For the one retained watermark that tells of before; undefined when it was heard, or is not of before. */
  take(): Positions | undefined {
    const positions = this.#positions;
    this.#positions = undefined;
    return positions;
  }

  /**
   * To be asked before anything is sent: from then on HQ may know more, so the note must be gone. Undefined when it
   * is; else fulfilled with whether it is now. With a note that stays, the next start would take HQ's word for more
   * than this outbox made.
   */
  forget(): Promise<boolean> | undefined {
    if (this.#note === "gone") return undefined;
    return this.#outbox.commit({ documents: [{ collection, key, value: undefined }] }).then(
      () => {
        this.#note = "gone";
        return true;
      },
      () => this.#note === "not written",
    );
  }
}

/** What the uplink keeps on disk beside its events. */
export interface UplinkMemory {
  readonly epochOrdinal: EpochOrdinal;
  readonly knowable: Knowable;
}

export async function openUplinkMemory(outbox: Outbox): Promise<UplinkMemory> {
  return { epochOrdinal: await EpochOrdinal.open(outbox), knowable: await Knowable.open(outbox) };
}

interface Note {
  readonly epoch: string;
  readonly evt: number;
  readonly tel: number;
}

/** Of another epoch it says nothing. */
function lastsOf(text: string | undefined, epoch: string): Note | undefined {
  const note = text === undefined ? undefined : (JSON.parse(text) as Note);
  return note?.epoch === epoch ? note : undefined;
}
