import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { seededRandom } from "../../protocols/random.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { temporaryFolder } from "./sqlite-bench.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const rounds = 12;

interface Written {
  readonly sequence: number;
  readonly commit: number;
  readonly part: number;
  readonly parts: number;
}

describe("a writer that is killed in the middle", () => {
  let folder: string;
  beforeAll(async () => {
    // The child runs compiled code, which must be this code.
    execFileSync(process.execPath, [join(root, "node_modules/typescript/bin/tsc"), "-b", "outbox"], {
      cwd: root,
    });
    folder = await temporaryFolder();
  }, 60_000);
  afterAll(() => rm(folder, { recursive: true }));

  it(`has on disk all that it had acknowledged, whole and without a hole, ${rounds} times`, async () => {
    const path = join(folder, "killed.db");
    const random = seededRandom(20_261_122);
    let acknowledged = { last: 0, commit: 0 };
    for (let round = 1; round <= rounds; round += 1) {
      const heard = await writeAndKill(path, 1 + Math.floor(random.fraction() * 120));
      expect(heard.commit).toBeGreaterThan(acknowledged.commit);
      acknowledged = heard;
      const { outbox, report } = await openSqliteOutbox({ path, clock: new ManualClock() });
      expect(report).toMatchObject({ file: "existing", check: "whole", cleanShutdown: false });
      const { last, settled } = outbox.position("evt");
      expect(last).toBeGreaterThanOrEqual(acknowledged.last);
      const entries = await outbox.nextBatch("evt", 0, { rowsMax: 1_000_000, bytesMax: 1_000_000_000 });
      const written = entries.map(({ body }) => JSON.parse(body) as Written);
      expect(written.map(({ sequence }) => sequence)).toEqual(written.map((_, index) => index + 1));
      const newest = written.at(-1);
      expect(newest?.sequence).toBe(last);
      expect(newest?.part).toBe((newest?.parts ?? 0) - 1);
      expect(newest?.commit).toBeGreaterThanOrEqual(acknowledged.commit);
      expect(await outbox.marks()).toEqual([{ source: "agent1", epoch: "e", sequence: newest?.commit }]);
      expect(await outbox.documents("count")).toEqual(new Map([["commits", String(newest?.commit)]]));
      expect(settled).toBeLessThanOrEqual(last);
      await outbox.close();
    }
  }, 120_000);
});

/** Lets a child write until it has acknowledged so many commits, then kills it; what it last acknowledged. */
async function writeAndKill(path: string, commits: number): Promise<{ last: number; commit: number }> {
  const writer = fileURLToPath(new URL("./writer.mjs", import.meta.url));
  const child = spawn(process.execPath, [writer, path], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  let heard = 0;
  let newest = { last: 0, commit: 0 };
  for await (const line of createInterface({ input: child.stdout })) {
    const [last = 0, commit = 0] = line.split(" ").map(Number);
    if (last > newest.last) newest = { last, commit };
    heard += 1;
    if (heard === commits) child.kill("SIGKILL");
  }
  const [code, signal] = (await exited) as [number | null, string | null];
  expect({ code, signal }).toEqual({ code: null, signal: "SIGKILL" });
  return newest;
}
