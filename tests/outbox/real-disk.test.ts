import { rm } from "node:fs/promises";
import { afterAll, describe, expect, it } from "vitest";
import { failOperations, killProcesses } from "./real-disk/campaign.ts";
import { compileFaults } from "./real-disk/faults.ts";
import { temporaryParent } from "./real-disk/trial.ts";
import { temporaryFolder } from "./sqlite-bench.ts";

const folder = await temporaryFolder();
const library = compileFaults(folder);
if (library === undefined)
  process.stderr.write("no C compiler on Linux: the disk's failures are not played\n");

/** Of the longer scripts every so manieth operation; `npm run test:disk` plays them all. */
const step = 17;

describe.skipIf(library === undefined)("an outbox on a disk that fails", () => {
  afterAll(() => rm(folder, { recursive: true }));

  it("keeps its promises whichever write, sync, rename or removal fails, and lives on when it heals", async () => {
    const lines = await failOperations(library ?? "", ["error", "full", "dead", "torn"], step);
    expect(lines.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(new Set(lines.map(({ script }) => script)).size).toBe(6);
    const short = lines.filter(({ script, kind }) => script === "a short life" && kind === "error");
    expect(short.map(({ at }) => at)).toEqual(
      Array.from({ length: short[0]?.of ?? 0 }, (_, index) => index + 1),
    );
    // Each way of writing was among them, and failures had their names.
    expect(new Set(short.map(({ operation }) => operation.split(" ")[0]))).toEqual(
      new Set(["create", "write", "sync", "truncate", "unlink"]),
    );
    expect(new Set(lines.flatMap(({ faultCodes }) => faultCodes))).toEqual(new Set(["disk-failed"]));
  }, 180_000);

  it("keeps its promises when the process ends at an operation, or in the middle of a write", async () => {
    const parent = await temporaryParent();
    const lines = await killProcesses({ parent: parent.path, library: library ?? "" }, [0], 15);
    expect(lines.filter(({ problems }) => problems.length > 0)).toEqual([]);
    expect(lines.length).toBeGreaterThan(8);
    await parent.remove();
  }, 120_000);
});
