import type { GroupedOutbox } from "../../../outbox/grouped-outbox.ts";
import type { OutboxLimits } from "../../../outbox/limits.ts";
import type { DocumentWrite, Entry, Loss } from "../../../outbox/outbox.ts";
import { OutboxError } from "../../../outbox/outbox-error.ts";
import { openSqliteOutbox } from "../../../outbox/sqlite-outbox.ts";
import type { StartReport } from "../../../outbox/start-check.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";

/** One try to have a commit written. */
export interface Offer {
  readonly commit: number;
  readonly attempt: number;
  /** `open` when the process ended before it was answered. */
  outcome: "open" | "done" | "failed";
  readonly places: { readonly stream: string; readonly sequence: number }[];
}

/** What the world outside knows of an outbox. */
export class Ledger {
  readonly offers: Offer[] = [];
  /** By epoch, stream and sequence: what was handed out, as HQ would have stored it. */
  readonly handedOut = new Map<string, string>();
  /** Asked for, whether it was answered or not. */
  settledMax = 0;
  readonly faultCodes = new Set<string>();
  /** Every failure that no fault code explains. */
  readonly surprises: string[] = [];
}

/** Ledgers cross from one process to the next. */
export const ledgerText = ({ offers, handedOut, settledMax, surprises }: Ledger): string =>
  JSON.stringify({ offers, handedOut: [...handedOut], settledMax, surprises });

export function ledgerFrom(text: string): Ledger {
  const { offers, handedOut, settledMax, surprises } = JSON.parse(text) as {
    readonly offers: readonly Offer[];
    readonly handedOut: readonly [string, string][];
    readonly settledMax: number;
    readonly surprises: readonly string[];
  };
  const ledger = new Ledger();
  ledger.offers.push(...offers);
  for (const [place, body] of handedOut) ledger.handedOut.set(place, body);
  ledger.settledMax = settledMax;
  ledger.surprises.push(...surprises);
  return ledger;
}

const limits: Partial<OutboxLimits> = {
  droppable: { tel: { rowsMax: 6, bytesMax: 1_000_000 } },
  keepConfirmedBytes: 0,
  tailBytesMax: 0,
};
/** How often something is tried again before the disk is asked to heal, and after. */
const triesMax = 2;
const plenty = { rowsMax: 1_000, bytesMax: 10_000_000 };

/** The disk does nothing any more, as after a power cut; what is on it now is all there is. */
export class DiskEnded extends Error {}

export interface Disk {
  /** What brings it back to health, or undefined where nothing does. */
  readonly heal: (() => void) | undefined;
  /** Called whenever the ledger has something that must outlive the process. */
  readonly remember?: (ledger: Ledger) => void;
}

/** Plays an outbox's life and writes down what it was told. Whatever fails is tried again, as its owners do. */
export class Game {
  readonly ledger: Ledger;
  readonly #path: string;
  readonly #disk: Disk;
  readonly #clock = new ManualClock();
  readonly #seed: number;
  #outbox: GroupedOutbox | undefined;
  #epoch = "";
  report: StartReport | undefined;

  constructor(path: string, ledger: Ledger, disk: Disk, seed: number) {
    this.#path = path;
    this.ledger = ledger;
    this.#disk = disk;
    this.#seed = seed;
  }

  async open(): Promise<void> {
    const opened = await this.#tried("open", () =>
      openSqliteOutbox({
        path: this.#path,
        clock: this.#clock,
        random: seededRandom(this.#seed),
        limits,
        describeLoss: (loss) => this.#lossEntry(loss),
      }),
    );
    this.#outbox = opened.outbox;
    this.#epoch = opened.outbox.epoch;
    this.report = opened.report;
  }

  get outbox(): GroupedOutbox {
    if (this.#outbox === undefined) throw new Error("no outbox is open");
    return this.#outbox;
  }

  /** A commit's texts name it, its try and its parts, so that half of one can be told. */
  commit(
    commit: number,
    given: { readonly evt?: number; readonly tel?: number; readonly more?: DocumentWrite[] } = {},
  ) {
    let attempt = 0;
    return this.#tried(`commit ${commit}`, async () => {
      attempt += 1;
      const offer: Offer = { commit, attempt, outcome: "open", places: [] };
      this.ledger.offers.push(offer);
      const { evt = 2, tel = 1, more = [] } = given;
      const parts = evt + tel;
      const entries = Array.from({ length: parts }, (_, part) =>
        this.#entry(part < evt ? "evt" : "tel", offer, `${part}/${parts}`),
      );
      const counted = { collection: "count", key: "commits", value: String(commit) };
      const marks = [{ source: "agent1", epoch: "e", sequence: commit }];
      const written = this.outbox.commit({ entries, marks, documents: [counted, ...more] });
      this.#disk.remember?.(this.ledger);
      try {
        await written;
        offer.outcome = "done";
      } catch (error) {
        offer.outcome = "failed";
        throw error;
      } finally {
        this.#disk.remember?.(this.ledger);
      }
    });
  }

  settle(through: number): Promise<void> {
    this.ledger.settledMax = Math.max(this.ledger.settledMax, through);
    this.#disk.remember?.(this.ledger);
    return this.#tried("settle", () => this.outbox.settle("evt", through));
  }

  forgetOld(): Promise<void> {
    return this.#tried("forget", () => this.outbox.forgetOld());
  }

  /** What HQ would have got. */
  async handOut(): Promise<void> {
    for (const stream of ["evt", "tel"]) {
      const entries = await this.#tried("read", () => this.outbox.nextBatch(stream, 0, plenty));
      for (const { sequence, body } of entries)
        this.ledger.handedOut.set(`${this.#epoch} ${stream} ${sequence}`, body);
    }
    this.#disk.remember?.(this.ledger);
  }

  /** An end that fails is an unclean end, no more. */
  async close(): Promise<void> {
    await this.#outbox?.close().catch((error: unknown) => this.#note("close", error));
  }

  async #tried<Value>(what: string, work: () => Promise<Value>): Promise<Value> {
    for (let tries = 1; ; tries += 1) {
      try {
        return await work();
      } catch (error) {
        this.#note(what, error);
        if (tries < triesMax) continue;
        if (this.#disk.heal === undefined) throw new DiskEnded(what);
        if (tries === triesMax) this.#disk.heal();
        else throw error;
      }
    }
  }

  #note(what: string, error: unknown): void {
    if (error instanceof OutboxError && ["disk-failed", "outbox-full"].includes(error.code))
      this.ledger.faultCodes.add(error.code);
    else this.ledger.surprises.push(`${what}: ${String(error)}`);
  }

  #entry(stream: string, { commit, attempt, places }: Offer, part: string): Entry {
    const filler = "x".repeat(commit % 4 === 1 ? 9_000 : 60);
    return {
      stream,
      category: "return",
      body: (sequence) => {
        places.push({ stream, sequence });
        return JSON.stringify({
          epoch: this.#epoch,
          sequence: String(sequence),
          commit,
          attempt,
          part,
          filler,
        });
      },
    };
  }

  #lossEntry({ from, to }: Loss): Entry {
    return {
      stream: "evt",
      category: "alert",
      body: (sequence) => JSON.stringify({ epoch: this.#epoch, sequence: String(sequence), from, to }),
    };
  }
}
