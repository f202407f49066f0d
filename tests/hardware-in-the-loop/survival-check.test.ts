import { describe, expect, it } from "vitest";
import { openMemoryOutbox } from "../../outbox/memory-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { outboxLimits } from "./commit-plan.ts";
import { contentsOf, writePlanned } from "./planned-outbox.ts";
import { commitsOf, emptyHolding, findings, type Holding } from "./survival-check.ts";

const place = { seed: 1, boot: 1 };

/** What a store holds after commits of the first boot up to `first`, and of the second up to `second`. */
async function played(first: number, second = first): Promise<{ before: Holding; found: Holding }> {
  const outbox = await openMemoryOutbox({ clock: new ManualClock(), limits: outboxLimits });
  const holding = async (): Promise<Holding> => ({
    ...emptyHolding,
    file: "existing",
    ...(await contentsOf(outbox)),
  });
  for (let number = 1; number <= first; number += 1) await writePlanned(outbox, place, number, () => {});
  const before = await holding();
  const next = { ...place, boot: 2 };
  for (let number = first + 1; number <= second; number += 1)
    await writePlanned(outbox, next, number, () => {});
  const found = await holding();
  await outbox.close();
  return { before, found };
}

const kinds = (before: Holding, acknowledgedCommit: number, found: Holding): readonly string[] => [
  ...new Set(
    findings(before, { seed: 1, boot: 2 }, { commit: acknowledgedCommit, settled: 0 }, found).map(
      ({ kind }) => kind,
    ),
  ),
];

describe("the check of what survived", () => {
  it("finds nothing wrong with a store that no power cut touched, nor with commits beyond the last answer", async () => {
    const { before, found } = await played(60, 130);
    expect(commitsOf(found)).toBe(130);
    expect(found.streams["evt"]?.settled).toBeGreaterThan(before.streams["evt"]?.settled ?? 0);
    expect(found.streams["evt"]?.entries[0]?.sequence).toBeGreaterThan(1);
    expect(kinds(before, 130, found)).toEqual([]);
    expect(kinds(before, 127, found)).toEqual([]);
    const first = findings(emptyHolding, place, { commit: 60, settled: 0 }, before);
    expect(first).toEqual([]);
  });

  it("misses what was acknowledged", async () => {
    const { before, found } = await played(60, 100);
    expect(findings(before, { seed: 1, boot: 2 }, { commit: 104, settled: 0 }, found)).toEqual([
      { kind: "lost", words: "4 acknowledged commits, after 100" },
    ]);
  });

  it("misses a settled position that was acknowledged, and knows none that nobody asked for", async () => {
    const { before, found } = await played(60, 100);
    const settled = found.streams["evt"]?.settled ?? 0;
    const acknowledged = { commit: 100, settled: settled + 1 };
    expect(findings(before, { seed: 1, boot: 2 }, acknowledged, found)).toEqual([
      { kind: "unsettled", words: `settled ${settled}, acknowledged ${settled + 1}` },
    ]);
    expect(kinds(before, 100, withEvents(found, { settled: settled + 1 }))).toEqual(["unsettled"]);
  });

  it("finds a hole, a missing newest entry, and settled entries that went too early", async () => {
    const { before, found } = await played(60, 100);
    const entries = found.streams["evt"]?.entries ?? [];
    const without = (index: number) => withEvents(found, { entries: entries.toSpliced(index, 1) });
    expect(kinds(before, 100, without(entries.length - 5))).toEqual(["hole"]);
    expect(kinds(before, 100, without(entries.length - 1))).toEqual(["hole"]);
    expect(kinds(before, 100, withEvents(found, { entries: entries.slice(-3) }))).toEqual(["hole"]);
  });

  it("finds an entry with another text, as a lost commit of the boot before would be", async () => {
    const { before, found } = await played(60, 100);
    const entries = (found.streams["evt"]?.entries ?? []).map((entry, index) =>
      index === 3 ? { ...entry, body: `${entry.body} ` } : entry,
    );
    expect(kinds(before, 100, withEvents(found, { entries }))).toEqual(["changed"]);
    expect(kinds(before, 100, (await played(95, 100)).found)).toContain("changed");
  });

  it("finds half a commit: an entry too many, a mark, a document, a removed case that came back", async () => {
    const { before, found } = await played(60, 100);
    const { last = 0, entries = [] } = found.streams["evt"] ?? {};
    const oneMore = [...entries, { sequence: last + 1, category: "return", body: "{}" }];
    expect(kinds(before, 100, withEvents(found, { last: last + 1, entries: oneMore }))).toEqual([
      "half",
      "changed",
    ]);
    const marks = found.marks.map((mark) => ({ ...mark, sequence: mark.sequence + 3 }));
    expect(kinds(before, 100, { ...found, marks })).toEqual(["half"]);
    const cases = found.documents["case"] ?? {};
    const removed = String((100 * 7) % 40);
    expect(cases[removed]).toBeUndefined();
    const back = { ...found.documents, case: { ...cases, [removed]: '"x"' } };
    expect(kinds(before, 100, { ...found, documents: back })).toEqual(["half"]);
    const stream = { last: 1, settled: 0, entries: [] };
    expect(kinds(before, 100, { ...found, streams: { ...found.streams, stray: stream } })).toEqual(["half"]);
  });

  it("finds a file that was replaced, put aside or broken, and a suspicion", async () => {
    const { before, found } = await played(60, 100);
    expect(kinds(before, 100, { ...found, file: "replaced" })).toEqual(["broken"]);
    expect(kinds(before, 100, { ...found, integrity: "row 1 missing from index" })).toEqual(["broken"]);
    for (const name of ["outbox.db.broken-20261122T000000Z", "outbox.db.suspect"]) {
      expect(kinds(before, 100, { ...found, files: ["outbox.db", name] })).toEqual(["broken"]);
    }
  });
});

function withEvents(holding: Holding, change: Partial<Holding["streams"][string]>): Holding {
  const events = holding.streams["evt"] ?? { last: 0, settled: 0, entries: [] };
  return { ...holding, streams: { ...holding.streams, evt: { ...events, ...change } } };
}
