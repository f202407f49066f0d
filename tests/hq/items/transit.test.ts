import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { faults } from "../../../protocols/faults.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { returnsBench, thing, typesOf } from "../../gateway/returns/returns-bench.ts";
import { DeskBench, depot, depotPlace, hourMs, itemOf, minuteMs, tote } from "./desk-bench.ts";

const item = itemOf(1);
const dayMs = 24 * hourMs;
/** What a store tells of an item that it sends away half an hour after hand-in: the rest is for whoever watches then. */
async function sentAway(bench: DeskBench): Promise<void> {
  const missed = ["inspection", "informed"].map((deadline) =>
    bench.row("alert.return", { code: "return-deadline-missed", deadline, item }),
  );
  await bench.hear(bench.handedIn(item));
  await bench.pass(30 * minuteMs);
  await bench.hear(...missed, bench.packed(item), bench.shipped(tote));
}
const allOfIt = [
  "deadline-near first-answer",
  "deadline-missed first-answer",
  "deadline-near plan",
  "deadline-missed plan",
  "deadline-near progress",
  "deadline-missed progress",
  "deadline-near solved",
  "deadline-missed solved",
  "not-arrived",
];

let bench: DeskBench;
afterEach(() => bench.remove());

describe("an item on its way that no gateway takes over", () => {
  beforeEach(async () => {
    bench = new DeskBench(new Map());
    await bench.start();
    await bench.clock.turn(minuteMs);
  });

  test("is told of when its deadlines come near and are missed, once each, and that it has not arrived", async () => {
    await sentAway(bench);
    await bench.pass(2 * hourMs);
    await bench.pass(5 * dayMs, hourMs);
    expect(bench.toldOf(item)).toEqual(allOfIt);
    const [first] = bench.broker.alerts;
    expect(first).toMatchObject({
      code: "return-deadline-near",
      case: `case of ${item}`,
      cause: expect.stringMatching(
        /first answer to the customer, due at .*; the item is shipped, sent on its way at/,
      ),
      cure: "Give the customer a first answer, and scan ANSWERED.",
      deadline: "first-answer",
      from: "store/gw1",
      destination: depotPlace,
      container: tote,
    });
    expect(bench.broker.alerts.at(-1)).toMatchObject({
      code: "return-not-arrived",
      case: `case of ${item}`,
      cause: expect.stringContaining(faults["return-not-arrived"].words),
      cure: faults["return-not-arrived"].cure,
    });
  });

  test("is told of once though HQ ends again and again, whatever it was doing", async () => {
    await sentAway(bench);
    for (let look = 0; look < 5 * 24; look += 1) {
      await bench.pass(look < 4 ? 10 * minuteMs : hourMs, 10 * minuteMs);
      if (look % 7 === 0) await bench.restart();
    }
    expect(bench.toldOf(item)).toEqual(allOfIt);
  });

  test("is told of once though HQ's disk fails at any word to it, and HQ ends then or later", async () => {
    const random = seededRandom(5);
    let failures = 0;
    await sentAway(bench);
    for (let look = 0; look < 5 * 24 * 2; look += 1) {
      bench.trouble = () => {
        if (random.fraction() > 0.04) return undefined;
        failures += 1;
        return random.fraction() < 0.5 ? "before" : "after";
      };
      await bench.pass(look < 12 ? 10 * minuteMs : 30 * minuteMs, 10 * minuteMs);
      bench.trouble = () => undefined;
      if (random.fraction() < 0.1) await bench.restart();
    }
    await bench.pass(10 * minuteMs);
    expect(failures).toBeGreaterThan(50);
    expect(bench.notices.filter(({ kind }) => kind === "items-failed").length).toBeGreaterThan(20);
    const told = bench.toldOf(item);
    expect(new Set(told).size).toBe(told.length);
    // A warning whose time went by while the disk failed is left out.
    expect(told.filter((words) => !words.startsWith("deadline-near"))).toEqual(
      allOfIt.filter((words) => !words.startsWith("deadline-near")),
    );
  });

  test("is owed to its customer after it has arrived as well, until somebody has answered", async () => {
    await sentAway(bench);
    await bench.hear(bench.row("arrived", { epcList: [tote] }, { site: "depot" }));
    await bench.pass(2 * hourMs);
    expect(bench.toldOf(item)).toEqual(["deadline-near first-answer", "deadline-missed first-answer"]);
    await bench.hear(bench.row("cared", { epcList: [item], "storewire:care": "solved" }, { site: "depot" }));
    await bench.hear(
      bench.row("cared", { epcList: [item], "storewire:care": "called-back" }, { site: "depot" }),
    );
    await bench.pass(5 * dayMs, 6 * hourMs);
    expect(bench.toldOf(item)).toHaveLength(2);
  });

  test("is told of late, and only that it is too late, where HQ's network was gone for two days", async () => {
    await sentAway(bench);
    bench.broker.fall();
    await bench.pass(2 * dayMs, hourMs);
    expect(bench.toldOf(item)).toEqual([]);
    bench.broker.rise();
    // The depot's word has waited as long, and comes before HQ speaks.
    await bench.pass(minuteMs);
    await bench.hear(
      bench.row("cared", { epcList: [item], "storewire:care": "progressed" }, { site: "depot" }),
    );
    await bench.pass(10 * minuteMs);
    expect(bench.toldOf(item)).toEqual(["deadline-missed first-answer"]);
    await bench.pass(minuteMs * 60 * 10, hourMs);
    expect(bench.toldOf(item)).toEqual(["deadline-missed first-answer", "deadline-near solved"]);
  });

  test("whose store was without network is known as what it is once the store's words come, in any order", async () => {
    const startMs = bench.clock.wallMs();
    await bench.pass(2 * dayMs, dayMs);
    const arrived = bench.row("arrived", { epcList: [tote] }, { site: "depot", atMs: startMs + dayMs });
    const unpacked = bench.row(
      "unpacked",
      { parentID: tote, childEPCs: [item], "storewire:case": "the depot's own" },
      { site: "depot", atMs: startMs + dayMs + hourMs },
    );
    await bench.hear(arrived, unpacked);
    const told = [bench.handedIn(item, { atMs: startMs }), bench.packed(item, { atMs: startMs + 1 })];
    await bench.hear(bench.shipped(tote, { atMs: startMs + 2 }));
    for (const row of told.reverse()) await bench.hear(row);
    expect(await bench.view(item)).toMatchObject({
      step: "unpacked",
      site: "depot",
      case: `case of ${item}`,
      openedMs: startMs,
      left: { atMs: startMs + 2, to: depotPlace },
    });
    await bench.pass(10 * minuteMs);
    expect(bench.toldOf(item).toSorted()).toEqual([
      "deadline-missed first-answer",
      "deadline-missed informed",
      "deadline-missed plan",
      "deadline-missed progress",
    ]);
  });
});

describe("an item on its way to a depot that HQ can tell of its case", () => {
  beforeEach(async () => {
    bench = new DeskBench(new Map([[depotPlace, depot]]));
    await bench.start();
  });

  /** A depot's gateway in HQ's time: what it is told it takes, and what it tells HQ hears. */
  function depotGateway() {
    const store = returnsBench();
    const told: string[] = [];
    const now = () => ({ wallMs: bench.clock.wallMs(), monotonicMs: bench.clock.monotonicMs() });
    const step = async (...given: Parameters<typeof store.step>) => {
      const { events } = store.step(...given);
      told.push(...typesOf(events).map((type, index) => `${type} ${deadlineOf(events[index]?.data)}`.trim()));
      const rows = events.map(({ type, data }) =>
        bench.row(type.replace("storewire.", "").replace("return.", ""), data, { site: "depot" }),
      );
      if (rows.length > 0) await bench.hear(...rows);
    };
    return {
      told,
      take: (cases: Parameters<typeof store.step>[0] & { kind: "cases-continued" }) =>
        store.step(cases, now()),
      tick: () => step({ kind: "tick" }, now()),
      pass: async (ms: number, everyMs: number) => {
        for (let past = 0; past < ms; past += everyMs) {
          await bench.pass(everyMs);
          await step({ kind: "tick" }, now());
        }
      },
    };
  }
  const deadlineOf = (data: unknown): string => (data as { deadline?: string } | undefined)?.deadline ?? "";

  test("is the depot's once it has answered; what does not arrive is told by HQ", async () => {
    const site = depotGateway();
    bench.broker.depotTakes(({ cases }) => {
      site.take({ kind: "cases-continued", cases });
      return true;
    });
    await sentAway(bench);
    await site.pass(2 * hourMs, 5 * minuteMs);
    await site.pass(5 * dayMs, hourMs);
    expect(bench.toldOf(item)).toEqual(["not-arrived"]);
    expect(site.told).toEqual(allOfIt.slice(0, -1).map((words) => `return-${words}`));
  });

  test("is told of once between the two where the depot is without network for a day, and HQ starts anew", async () => {
    const site = depotGateway();
    await sentAway(bench);
    for (let hour = 0; hour < 24; hour += 1) {
      await site.pass(hourMs, hour < 2 ? 10 * minuteMs : hourMs);
      if (hour % 5 === 0) await bench.restart();
    }
    expect(site.told).toEqual([]);
    expect(bench.toldOf(item)).toEqual(allOfIt.slice(0, 6));
    bench.broker.depotTakes(({ cases }) => {
      site.take({ kind: "cases-continued", cases });
      return true;
    });
    await site.pass(5 * dayMs, hourMs);
    expect(bench.toldOf(item)).toEqual([...allOfIt.slice(0, 6), "not-arrived"]);
    expect(site.told).toEqual(["return-deadline-near solved", "return-deadline-missed solved"]);
  });

  test("that HQ has warned of is only told when it is too late, by a depot that hears an order of before the warning", async () => {
    const site = depotGateway();
    await sentAway(bench);
    await site.pass(50 * minuteMs, 10 * minuteMs);
    await site.pass(59 * hourMs, hourMs);
    expect(bench.toldOf(item).at(-1)).toBe("deadline-near solved");
    bench.broker.depotTakes(({ cases }) => {
      expect(cases[0]?.waits.solved).toMatchObject({ warned: false });
      site.take({ kind: "cases-continued", cases });
      return true;
    });
    await site.pass(20 * hourMs, hourMs);
    expect(site.told).toEqual(["return-deadline-missed solved"]);
    expect(bench.toldOf(item)).toEqual([...allOfIt.slice(0, 7), "not-arrived"]);
  });

  test("is told of once where the depot's answer is lost and HQ hears of it a minute later", async () => {
    const site = depotGateway();
    let answers = false;
    bench.broker.depotTakes(({ cases }) => {
      site.take({ kind: "cases-continued", cases });
      return answers;
    });
    await sentAway(bench);
    // Taken and not answered for, a warning comes near: the depot tells it, and HQ hears that in time.
    await site.pass(25 * minuteMs, minuteMs);
    answers = true;
    await site.pass(10 * hourMs, 10 * minuteMs);
    const all = [...bench.toldOf(item), ...site.told.map((words) => words.replace("return-", ""))];
    expect(all.toSorted()).toEqual(allOfIt.slice(0, 4).toSorted());
  });

  test("says when each deadline is due, so that both reckon alike", async () => {
    const { uri } = thing(1);
    expect(uri).toBe(item);
    await sentAway(bench);
    const [told] = bench.broker.told[0]?.cases ?? [];
    const { fromMs = 0, dueMs } = told?.waits.solved ?? {};
    expect(dueMs).toBe(fromMs + 72 * hourMs);
  });
});
