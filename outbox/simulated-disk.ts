import type { Clock } from "../protocols/clock.ts";
import {
  applyTo,
  copyOf,
  type DiskImage,
  emptyImage,
  renumbered,
  rowOf,
  storedStream,
} from "./disk-image.ts";
import { GroupedOutbox, type GroupedOutboxOptions } from "./grouped-outbox.ts";
import { type Mark, outrunNote, type StoredEntry } from "./outbox.ts";
import { OutboxError } from "./outbox-error.ts";
import type { EntryQuery, EntryRow, GroupWrite, Storage, StoredStream } from "./storage.ts";

/**
 * What becomes of one transaction. SQLite in WAL mode writes whole frames with checksums, so that a torn write is
 * one that never happened; what a simulation has to try is when it became durable, and what its writer was told.
 */
export type WriteFate =
  | { readonly kind: "written" }
  | { readonly kind: "failed"; readonly words: string }
  /** The sync failed, but the frames are there; the next start finds them if no other write came after them. */
  | { readonly kind: "failed-yet-found"; readonly words: string };

/** How the disk behaves now; asked once for each transaction. */
export interface DiskMoods {
  /** From the call to the last frame handed to the kernel: whoever dies before has written nothing. */
  frameMs(): number;
  /** From there to the sync: a power cut between the two may lose it, a killed process does not. */
  syncMs(): number;
  fate(): WriteFate;
  /** Whether a write that was not synced yet survives a power cut. */
  survivesPowerCut(): boolean;
  readFails(): boolean;
}

/** Told of what is durable, at that moment. */
export interface DiskWitness {
  written(group: GroupWrite, disk: SimulatedDisk): void;
}

/** The process that writes: its death cuts off what is on its way. */
export interface DiskUser {
  readonly clock: Clock;
  /** False when it is dead, and dies there when its time has come. */
  passes(): boolean;
  readonly ended: unknown;
}

interface Pending {
  readonly group: GroupWrite;
  framed: boolean;
  dropped: boolean;
}

/** Plans for the disk itself, which outlives every process. */
export type DiskTimer = (delayMs: number, run: () => void) => void;

export interface SimulatedDiskOptions {
  readonly epoch: string;
  readonly after: DiskTimer;
  readonly moods: DiskMoods;
  readonly witness?: DiskWitness;
}

/**
 * A file on a simulated disk: what is in `#image` is durable. It outlives the processes that open it, can be cut
 * off from its power, and can be put back to an older image of itself.
 */
export class SimulatedDisk {
  readonly #options: SimulatedDiskOptions;
  #image: DiskImage;
  #pending: Pending[] = [];
  #foundLater: GroupWrite | undefined;

  constructor(options: SimulatedDiskOptions) {
    this.#options = options;
    this.#image = emptyImage(options.epoch);
  }

  get epoch(): string {
    return this.#image.epoch;
  }

  /** What is durable now, as a card reader would copy it. */
  copy(): DiskImage {
    return copyOf(this.#image);
  }

  /** The card forgets everything since that copy was made. */
  putBack(copy: DiskImage): void {
    this.#pending = [];
    this.#foundLater = undefined;
    this.#image = copy;
  }

  powerCut(): void {
    for (const pending of this.#pending) {
      pending.dropped ||= !pending.framed || !this.#options.moods.survivesPowerCut();
    }
  }

  /** What a process finds that opens the file now; with the note of an outrun it finds itself numbered anew. */
  open(user: DiskUser, newEpoch: string): { readonly storage: Storage; readonly outrunEpoch?: string } {
    for (const pending of this.#pending) if (pending.framed && !pending.dropped) this.#apply(pending.group);
    this.#pending = [];
    if (this.#foundLater !== undefined) this.#apply(this.#foundLater);
    this.#foundLater = undefined;
    const storage = new DiskStorage(this, user);
    if (!this.#image.documents.get(outrunNote.collection)?.has(outrunNote.key)) return { storage };
    const outrunEpoch = this.#image.epoch;
    this.#image = renumbered(this.#image, newEpoch);
    return { storage, outrunEpoch };
  }

  /** How far each stream has come, durably. */
  positions(): readonly StoredStream[] {
    return [...this.#image.streams].map(([number, stream]) => storedStream(number, stream));
  }

  write(group: GroupWrite, user: DiskUser): Promise<void> {
    if (!user.passes()) return never();
    const { after, moods } = this.#options;
    const fate = moods.fate();
    const pending: Pending = { group, framed: false, dropped: false };
    return new Promise((resolve, reject) => {
      after(moods.frameMs(), () => {
        // What was not handed to the kernel when its writer died never existed.
        if (pending.dropped || user.ended !== undefined) return;
        if (fate.kind !== "written") {
          const failure = this.#failed(group, fate);
          if (user.passes()) reject(failure);
          return;
        }
        pending.framed = true;
        after(moods.syncMs(), () => {
          // Dropped by a power cut, or taken over by the next start.
          if (pending.dropped || !this.#pending.includes(pending)) return;
          this.#pending = this.#pending.filter((other) => other !== pending);
          this.#apply(group);
          if (user.passes()) resolve();
        });
      });
      this.#pending.push(pending);
    });
  }

  read<Value>(value: (image: DiskImage) => Value, user: DiskUser): Promise<Value> {
    if (!user.passes()) return never();
    if (this.#options.moods.readFails())
      return Promise.reject(new OutboxError("disk-failed", "the simulated disk could not be read"));
    return Promise.resolve(value(this.#image));
  }

  #failed(group: GroupWrite, fate: Exclude<WriteFate, { kind: "written" }>): OutboxError {
    this.#pending = this.#pending.filter((other) => other.group !== group);
    if (fate.kind === "failed-yet-found") this.#foundLater = group;
    return new OutboxError("disk-failed", fate.words);
  }

  #apply(group: GroupWrite): void {
    // The next transaction's frames take the place of those that were rolled back.
    this.#foundLater = undefined;
    applyTo(this.#image, group);
    this.#options.witness?.written(group, this);
  }
}

/** One process's view of the file. */
class DiskStorage implements Storage {
  readonly #disk: SimulatedDisk;
  readonly #user: DiskUser;

  constructor(disk: SimulatedDisk, user: DiskUser) {
    this.#disk = disk;
    this.#user = user;
  }

  get epoch(): string {
    return this.#disk.epoch;
  }

  write(group: GroupWrite): Promise<void> {
    return this.#disk.write(group, this.#user);
  }

  streams(): Promise<readonly StoredStream[]> {
    return this.#disk.read(
      ({ streams }) => [...streams].map(([number, stream]) => storedStream(number, stream)),
      this.#user,
    );
  }

  entries({ stream, after, rowsMax, bytesMax }: EntryQuery): Promise<readonly StoredEntry[]> {
    return this.#disk.read(({ streams }) => {
      const { rows = [], oldest = 1 } = streams.get(stream) ?? {};
      const start = Math.max(0, after + 1 - oldest);
      const first = rows[start];
      if (first === undefined) return [];
      const totalMax = Math.max(first.total, first.total - Buffer.byteLength(first.body) + bytesMax);
      const batch = rows.slice(start, start + rowsMax).filter(({ total }) => total <= totalMax);
      return batch.map(({ sequence, category, body }) => ({ sequence, category, body }));
    }, this.#user);
  }

  facts(stream: number, sequence: number): Promise<Pick<EntryRow, "total" | "madeMs"> | undefined> {
    return this.#disk.read(({ streams }) => rowOf(streams.get(stream), sequence), this.#user);
  }

  documents(collection: string): Promise<ReadonlyMap<string, string>> {
    return this.#disk.read(({ documents }) => new Map(documents.get(collection)), this.#user);
  }

  marks(): Promise<readonly Mark[]> {
    return this.#disk.read(({ marks }) => [...marks.values()], this.#user);
  }

  reusableBytes(): Promise<number> {
    return Promise.resolve(0);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

const never = <Value>(): Promise<Value> => new Promise(() => {});

/** The outbox with its own rules on a simulated disk. */
export async function openSimulatedOutbox(
  disk: SimulatedDisk,
  user: DiskUser,
  newEpoch: string,
  options: GroupedOutboxOptions,
): Promise<{ readonly outbox: GroupedOutbox; readonly outrunEpoch?: string }> {
  const { storage, ...found } = disk.open(user, newEpoch);
  return { outbox: await GroupedOutbox.open(storage, options), ...found };
}
