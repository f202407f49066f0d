import { type FileHandle, open } from "node:fs/promises";
import {
  explainingBits,
  flipped,
  frameHeaderBytes,
  frameSum,
  type LogHeader,
  logHeaderBytes,
  mendLogHeader,
  readFrameHeader,
  readLogHeader,
  type Sum,
  samePair,
} from "./log-format.ts";

/** More flipped bits than this in one log are no accident that can be put right one by one. */
const mendsMax = 8;

/**
 * `mended`: a flipped bit was put right in its place. `broken`: there is more wrong than that, and SQLite would
 * forget in silence what had been committed behind it.
 */
export type LogVerdict =
  | { readonly kind: "sound" }
  | { readonly kind: "mended" | "broken"; readonly words: string };

const sound: LogVerdict = { kind: "sound" };

/**
 * Looks at what an unclean end has left in the log, before SQLite does: SQLite takes the first frame whose
 * checksum does not fit for the end of the log. After a power cut that is right; after a flipped bit it is not.
 */
export async function checkLog(path: string): Promise<LogVerdict> {
  const file = await open(`${path}-wal`, "r+").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return undefined;
    throw error;
  });
  if (file === undefined) return sound;
  try {
    return await new LogCheck(file, `${path}-wal`).check();
  } finally {
    await file.close();
  }
}

interface FramePlace {
  readonly offset: number;
  readonly index: number;
}

class LogCheck {
  readonly #file: FileHandle;
  readonly #path: string;
  readonly #mends: string[] = [];

  constructor(file: FileHandle, path: string) {
    this.#file = file;
    this.#path = path;
  }

  async check(): Promise<LogVerdict> {
    const bytes = await this.#read(0, logHeaderBytes);
    // A log that was made and not yet written to.
    if (bytes.length < logHeaderBytes || bytes.every((byte) => byte === 0)) return sound;
    const header = readLogHeader(bytes) ?? (await this.#mendedHeader(bytes));
    if (header === undefined) {
      const { size } = await this.#file.stat();
      return size > logHeaderBytes ? this.#broken("its head is not readable") : sound;
    }
    return this.#checkFrames(header);
  }

  async #checkFrames(header: LogHeader): Promise<LogVerdict> {
    const frameBytes = frameHeaderBytes + header.pageBytes;
    let before: Sum = header.sum;
    for (let index = 0; ; index += 1) {
      const offset = logHeaderBytes + index * frameBytes;
      let frame = await this.#read(offset, frameBytes);
      if (frame.length < frameBytes) break;
      if (!fits(before, frame, header)) {
        const [bit, ...others] = explainingBits(before, frame, header);
        if (bit === undefined) return this.#judgeRest(header, { offset, index });
        if (others.length > 0 || this.#mends.length >= mendsMax) return this.#brokenAt(index);
        frame = await this.#mendedFrame(frame, bit, { offset, index });
      }
      before = readFrameHeader(frame).sum;
    }
    return this.#verdict();
  }

  /**
   * Behind a torn end there is nothing, or frames of an earlier round of the log with other salts, or those of
   * transactions that failed, none of which continues after its commit. Where a frame does follow a commit, what
   * is before it had been committed.
   */
  async #judgeRest(header: LogHeader, bad: FramePlace): Promise<LogVerdict> {
    const frameBytes = frameHeaderBytes + header.pageBytes;
    let committed: Sum | undefined;
    for (let { offset } = bad; ; offset += frameBytes) {
      const frame = await this.#read(offset, frameBytes);
      if (frame.length < frameBytes) return this.#verdict();
      if (committed !== undefined && fits(committed, frame, header)) return this.#brokenAt(bad.index);
      const { salts, committedPages, sum } = readFrameHeader(frame);
      committed = samePair(salts, header.salts) && committedPages > 0 ? sum : undefined;
    }
  }

  async #mendedHeader(bytes: Uint8Array): Promise<LogHeader | undefined> {
    const first = await this.#read(logHeaderBytes, frameHeaderBytes);
    if (first.length < frameHeaderBytes) return undefined;
    const mended = mendLogHeader(bytes, readFrameHeader(first));
    if (mended === undefined) return undefined;
    await this.#write(mended, 0);
    this.#mends.push("the head");
    return readLogHeader(mended);
  }

  async #mendedFrame(frame: Uint8Array, bit: number, { offset, index }: FramePlace): Promise<Uint8Array> {
    const mended = flipped(frame, bit);
    await this.#write(mended, offset);
    this.#mends.push(`frame ${index + 1}`);
    return mended;
  }

  #verdict(): LogVerdict {
    if (this.#mends.length === 0) return sound;
    return {
      kind: "mended",
      words: `${this.#path}: a flipped bit was put right in ${this.#mends.join(", ")}`,
    };
  }

  #brokenAt(index: number): LogVerdict {
    return this.#broken(`frame ${index + 1} is not what was written`);
  }

  #broken(what: string): LogVerdict {
    return { kind: "broken", words: `${this.#path} is damaged (${what})` };
  }

  async #read(offset: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await this.#file.read(bytes, 0, length, offset);
    return bytes.subarray(0, bytesRead);
  }

  async #write(bytes: Uint8Array, offset: number): Promise<void> {
    await this.#file.write(bytes, 0, bytes.length, offset);
    await this.#file.sync();
  }
}

function fits(before: Sum, frame: Uint8Array, header: LogHeader): boolean {
  const { salts, sum } = readFrameHeader(frame);
  return samePair(salts, header.salts) && samePair(sum, frameSum(before, frame, header.littleEndian));
}
