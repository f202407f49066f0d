import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { frameHeaderBytes, logHeaderBytes } from "../../outbox/log-format.ts";
import { pageBytes } from "../../outbox/page-file.ts";
import { seededRandom } from "../../protocols/random.ts";
import {
  type Content,
  change,
  contentOf,
  fill,
  flipBit,
  live,
  missingIn,
  pathIn,
  problemsOf,
  start,
} from "./flipped-file.ts";
import { temporaryParent } from "./real-disk/trial.ts";
import { copyAsPowerCut } from "./sqlite-bench.ts";

const frameBytes = frameHeaderBytes + pageBytes;

describe("a flipped bit", () => {
  let parent: Awaited<ReturnType<typeof temporaryParent>>;
  let closed: string;
  let cut: string;
  let truth: Content;
  /** Everything in the log, little in the file. */
  let atCut: Content;

  beforeAll(async () => {
    parent = await temporaryParent();
    closed = pathIn(await mkdtemp(join(parent.path, "closed-")));
    cut = pathIn(await mkdtemp(join(parent.path, "cut-")));
    const first = await start(closed);
    await fill(first.outbox);
    await copyAsPowerCut(closed, cut);
    atCut = await contentOf(first.outbox);
    await first.outbox.close();
    const { outbox } = await start(closed);
    await change(outbox);
    truth = await contentOf(outbox);
    await outbox.close();
  });
  afterAll(() => parent.remove());

  /** What comes of a life on a copy that was changed. */
  async function lifeAfter(from: string, change: (path: string) => Promise<void>) {
    const path = pathIn(await mkdtemp(join(parent.path, "flip-")));
    await copyAsPowerCut(from, path);
    await change(path);
    const outcome = await live(path);
    await rm(join(path, ".."), { recursive: true });
    return outcome;
  }

  it("anywhere in the file delivers nothing wrong, loses a page at most, and tells what", async () => {
    const random = seededRandom(1);
    const pages = (await readFile(closed)).length / pageBytes;
    const kinds = await pageKinds(closed);
    const detected = new Map<string, number>();
    expect(pages).toBeGreaterThan(60);
    for (let page = 0; page < pages; page += 1) {
      for (const place of [
        random.fraction() * 8,
        8 + random.fraction() * 100,
        random.fraction() * pageBytes,
      ]) {
        const byte = page * pageBytes + Math.floor(place);
        const bit = Math.floor(random.fraction() * 8);
        const outcome = await lifeAfter(closed, (path) => flipBit(path, byte, bit));
        const where = `page ${page + 1} (${kinds[page]}), byte ${byte % pageBytes}, bit ${bit}`;
        expect([where, ...problemsOf(truth, outcome)]).toEqual([where]);
        expect(truth.entries.size - outcome.content.entries.size, where).toBeLessThan(20);
        expect(truth.documents.size - outcome.content.documents.size, where).toBeLessThan(60);
        const found = outcome.report.salvages !== undefined;
        detected.set(kinds[page] ?? "", (detected.get(kinds[page] ?? "") ?? 0) + Number(found));
      }
    }
    const kindsDetected = [...detected].filter(([, count]) => count > 0).map(([kind]) => kind);
    const expected = ["head", "index interior", "index leaf", "overflow", "table interior", "table leaf"];
    expect(kindsDetected.sort()).toEqual(expected);
  }, 120_000);

  it("in the log is put right, in its head, any frame's head, any page; or costs one row that is told", async () => {
    const log = await readFile(`${cut}-wal`);
    const frames = (log.length - logHeaderBytes) / frameBytes;
    expect(frames).toBeGreaterThan(100);
    const random = seededRandom(2);
    const bits = [
      ...Array.from({ length: 32 }, (_, index) => ({ byte: index, bit: index % 8 })),
      ...[0, frames - 1, Math.floor(frames / 2)].flatMap((frame) =>
        [0, 5, 9, 14, 17, 23, 24, 100, 4_119].map((byte) => ({
          byte: logHeaderBytes + frame * frameBytes + byte,
          bit: byte % 8,
        })),
      ),
      // The highest bit of a word in the middle of a page: half of the page's words would explain it.
      { byte: logHeaderBytes + 7 * frameBytes + frameHeaderBytes + 2_003, bit: 7 },
      ...Array.from({ length: 20 }, () => ({
        byte: Math.floor(random.fraction() * log.length),
        bit: Math.floor(random.fraction() * 8),
      })),
    ];
    let mended = 0;
    for (const { byte, bit } of bits) {
      const outcome = await lifeAfter(cut, (path) => flipBit(`${path}-wal`, byte, bit));
      const where = `byte ${byte}, bit ${bit}`;
      expect([where, ...problemsOf(atCut, outcome)]).toEqual([where]);
      const { content, report } = outcome;
      if (report.mended === undefined) {
        // Of the bits in a word's highest byte nobody can always tell which word it was.
        expect([where, (byte - logHeaderBytes) % 4, report.file]).toEqual([where, 3, "replaced"]);
        expect(missingIn(atCut, content), where).toBeLessThan(2);
      } else expect([where, content]).toEqual([where, atCut]);
      mended += Number(report.mended !== undefined);
    }
    expect(mended).toBeGreaterThan(bits.length * 0.8);
  }, 60_000);

  it("in the last frame's head may look like its end, but nothing before it is lost", async () => {
    const { length } = await readFile(`${cut}-wal`);
    const { content } = await lifeAfter(cut, (path) => flipBit(`${path}-wal`, length - frameBytes + 8, 0));
    expect(content).toEqual(atCut);
  });

  it("beside others in one frame costs no more than the frame, and everything behind it is saved", async () => {
    const log = await readFile(`${cut}-wal`);
    const frames = (log.length - logHeaderBytes) / frameBytes;
    for (const frame of [3, 40, Math.floor(frames / 2)]) {
      const outcome = await lifeAfter(cut, async (path) => {
        const broken = Uint8Array.from(log);
        broken.fill(
          0xa5,
          logHeaderBytes + frame * frameBytes + 300,
          logHeaderBytes + frame * frameBytes + 900,
        );
        await writeFile(`${path}-wal`, broken);
      });
      expect(outcome.report.file).toBe("replaced");
      expect(outcome.report.broken?.reason).toContain(`frame ${frame + 1} is not what was written`);
      expect(problemsOf(atCut, outcome)).toEqual([]);
      expect(atCut.entries.size - outcome.content.entries.size).toBeLessThan(20);
    }
  });

  it("in the torn end of the log is nothing: what was never committed is no damage", async () => {
    const { length } = await readFile(`${cut}-wal`);
    for (const bytes of [1, 23, 24, 4_000]) {
      const { content, report } = await lifeAfter(cut, async (path) => {
        const log = await readFile(`${path}-wal`);
        const torn = log.subarray(length - frameBytes, length - frameBytes + bytes);
        await writeFile(`${path}-wal`, Buffer.concat([log, torn]));
      });
      expect([report.file, report.mended, content]).toEqual(["existing", undefined, atCut]);
    }
  });

  it("in the shared index is nothing: it is made anew", async () => {
    const outcome = await lifeAfter(cut, async (path) => {
      const index = await readFile(`${closed}-shm`).catch(() => new Uint8Array(32_768));
      await writeFile(`${path}-shm`, Uint8Array.from(index).fill(0xff, 0, 200));
    });
    expect([outcome.report.file, outcome.content]).toEqual(["existing", atCut]);
  });
});

/** By page: what SQLite keeps there. */
async function pageKinds(path: string): Promise<readonly string[]> {
  const bytes = await readFile(path);
  const names: Record<number, string> = {
    2: "index interior",
    5: "table interior",
    10: "index leaf",
    13: "table leaf",
  };
  return Array.from({ length: bytes.length / pageBytes }, (_, page) =>
    page === 0 ? "head" : (names[bytes[page * pageBytes] ?? 0] ?? "overflow"),
  );
}
