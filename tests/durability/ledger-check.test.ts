import { describe, expect, it } from "vitest";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { type Caused, itemUri, scanOf, tagOf } from "./caused.ts";
import type { HeldRow } from "./held-events.ts";
import { type Evidence, findings, noteCommitted } from "./ledger-check.ts";

const handedIn = "storewire.return.handed-in";
const stored = "storewire.return.stored";
const issued = "storewire.queue.ticket.issued";
const called = "storewire.queue.ticket.called";

const idOf = (sequence: number): string => `01900000-0000-7000-8000-${String(sequence).padStart(12, "0")}`;

function reading(sequence: number, device: string, observation: Observation): Reading {
  return {
    id: idOf(sequence),
    agent: "agent1",
    epoch: "agent-epoch",
    sequence,
    device,
    readPoint: "desk",
    at: { wallMs: 1_767_600_000_000, monotonicMs: sequence, boot: "boot1", clock: "synced" },
    observation,
  };
}

const scan = (serial: number): Observation => ({ kind: "scan", text: scanOf(serial).text, bytesHex: "" });
const tag = (serial: number, change: "arrived" | "departed"): Observation => ({
  kind: "tag",
  change,
  epcHex: tagOf(serial),
});
const press: Observation = { kind: "button", change: "pressed", button: "ticket" };

/** What was handed in, stored, issued and called in a round in which all promises were kept. */
const readings: readonly Reading[] = [
  reading(1, "desk-scanner", scan(11)),
  reading(2, "desk-scanner", scan(12)),
  reading(3, "cage-reader", tag(13, "arrived")),
  reading(4, "kiosk-buttons", press),
  reading(5, "counter-buttons", { kind: "button", change: "pressed", button: "call" }),
  reading(6, "cage-reader", tag(13, "departed")),
  reading(7, "desk-scanner", scan(14)),
];

interface Told {
  readonly type: string;
  readonly subject: string;
  readonly reading?: string;
}

const told: readonly Told[] = [
  { type: handedIn, subject: itemUri(11), reading: idOf(1) },
  { type: handedIn, subject: itemUri(12), reading: idOf(2) },
  { type: stored, subject: itemUri(13), reading: idOf(3) },
  { type: issued, subject: "A-001", reading: idOf(4) },
  { type: called, subject: "A-001", reading: idOf(5) },
  { type: handedIn, subject: itemUri(14), reading: idOf(7) },
];

const held = (events: readonly Told[], epoch = "epoch1", stream: HeldRow["stream"] = "evt"): HeldRow[] =>
  events.map((event, index) => ({ stream, epoch, sequence: index + 1, body: JSON.stringify(event) }));

const causedAll = (): Caused => ({
  handIns: [11, 12, 14].map((serial, index) => ({
    uri: itemUri(serial),
    text: scanOf(serial).text,
    atMs: 10_000 + index * 1_000,
  })),
  storings: [itemUri(13)],
  issuePresses: 1,
  callPresses: 1,
});

function evidence(change: Partial<Evidence> = {}): Evidence {
  return {
    caused: causedAll(),
    committed: new Map(readings.map((each) => [each.id, each])),
    events: held(told),
    watches: [{ fromMs: 5_000, toMs: 30_000 }],
    ...change,
  };
}

const without = (index: number): HeldRow[] => held(told.filter((_, at) => at !== index));
const kindsIn = (change: Partial<Evidence>): string[] => findings(evidence(change)).map(({ kind }) => kind);

describe("the checker of the durability rounds", () => {
  it("finds nothing where every promise was kept", () => {
    expect(findings(evidence())).toEqual([]);
  });

  it("finds nothing when streams and epochs are numbered apart, and arrive in any order", () => {
    const apart = [
      ...held(told.slice(3), "epoch2"),
      ...held(told.slice(0, 3)).toReversed(),
      ...held([{ type: "storewire.gateway.started", subject: "gw1" }], "epoch1", "tel"),
    ];
    expect(kindsIn({ events: apart })).toEqual([]);
  });

  it.each([
    { what: "a hand-in", index: 0, words: `${handedIn} of reading ${idOf(1)} (desk-scanner 1)` },
    { what: "a storing", index: 2, words: `${stored} of reading ${idOf(3)} (cage-reader 3)` },
    { what: "a ticket", index: 3, words: `ticket of press ${idOf(4)}` },
  ])("finds $what that HQ does not hold although the agent had it on disk", ({ index, words }) => {
    expect(findings(evidence({ events: without(index) }))).toEqual([{ kind: "lost", words }]);
  });

  it("finds a hole in a sequence, and a sequence that does not begin at 1", () => {
    const events = held(told).map((row) => (row.sequence > 4 ? { ...row, sequence: row.sequence + 1 } : row));
    expect(findings(evidence({ events }))).toMatchObject([
      { kind: "gap", words: "evt of epoch epoch1: 6 stands at place 5" },
      { kind: "gap" },
    ]);
    const late = held(told).map((row) => ({ ...row, sequence: row.sequence + 1 }));
    expect(kindsIn({ events: late })[0]).toBe("gap");
  });

  it("finds one place in the sequence that is held twice", () => {
    const events = [...held(told), ...held(told).slice(4, 5)];
    expect(findings(evidence({ events }))).toEqual(
      expect.arrayContaining([{ kind: "doubled", words: "evt/epoch1/5" }]),
    );
    expect(kindsIn({ events })).not.toContain("gap");
  });

  it("finds a hole beside a place that is held twice", () => {
    const rows = held(told);
    const events = [...rows.slice(0, 4), ...rows.slice(3, 4), ...rows.slice(5)];
    expect(findings(evidence({ events }))).toEqual(
      expect.arrayContaining([
        { kind: "gap", words: "evt of epoch epoch1: 6 stands at place 5" },
        { kind: "doubled", words: "evt/epoch1/4" },
      ]),
    );
  });

  it.each([
    { what: "an item handed in twice", again: 0, words: `${handedIn} ${itemUri(11)}` },
    { what: "an item stored twice by one reading", again: 2, words: `${stored} by ${idOf(3)}` },
    { what: "a ticket called twice by one press", again: 4, words: `${called} by ${idOf(5)}` },
    { what: "a ticket that exists twice", again: 3, words: `${issued} A-001` },
  ])("finds $what under two places", ({ again, words }) => {
    const [event] = told.slice(again);
    if (event === undefined) throw new Error("no such event");
    const events = held([...told, event]);
    expect(findings(evidence({ events }))).toEqual(expect.arrayContaining([{ kind: "doubled", words }]));
  });

  it("takes a tag that arrives again after its agent was killed for another reading", () => {
    const again = { type: stored, subject: itemUri(13), reading: idOf(9) };
    expect(findings(evidence({ events: held([...told, again]) }))).toEqual([]);
  });

  it("finds two tickets of one press", () => {
    const events = held([...told, { type: issued, subject: "A-002", reading: idOf(4) }]);
    const caused = { ...causedAll(), issuePresses: 2 };
    expect(findings(evidence({ events, caused }))).toEqual([
      { kind: "doubled", words: `${issued} by ${idOf(4)}` },
    ]);
  });

  it.each([
    { what: "an item that nobody scanned", event: { type: handedIn, subject: itemUri(99) } },
    { what: "an item that never came near the cage", event: { type: stored, subject: itemUri(11) } },
    { what: "a ticket that nobody asked for", event: { type: issued, subject: "A-009", reading: idOf(9) } },
    { what: "a call that no counter made", event: { type: called, subject: "A-001" } },
  ])("finds $what", ({ event }) => {
    expect(kindsIn({ events: held([...told, event]) })).toEqual(["invented"]);
  });

  it("finds hand-ins that stand at HQ in another order than they were scanned", () => {
    const [first, second, ...others] = told;
    if (first === undefined || second === undefined) throw new Error("two events are needed");
    expect(findings(evidence({ events: held([second, first, ...others]) }))).toEqual([
      { kind: "order", words: `${itemUri(11)} at 2 comes after a later one` },
    ]);
  });

  it("finds a scan that an agent which was there did not keep", () => {
    const committed = new Map(readings.slice(0, -1).map((each) => [each.id, each]));
    const change = { committed, events: without(5) };
    expect(findings(evidence(change))).toEqual([{ kind: "unheard", words: `scan ${scanOf(14).text}` }]);
  });

  it("excuses an agent that was not there, or was killed before it could write", () => {
    const committed = new Map(readings.slice(0, -1).map((each) => [each.id, each]));
    const excused = (watches: Evidence["watches"]): string[] =>
      kindsIn({ committed, events: without(5), watches });
    expect(excused([{ fromMs: 5_000, toMs: 11_500 }])).toEqual([]);
    expect(excused([{ fromMs: 5_000, toMs: 12_900 }])).toEqual([]);
    expect(excused([{ fromMs: 5_000, toMs: 13_100 }])).toEqual(["unheard"]);
    expect(excused([{ fromMs: 11_950, toMs: 20_000 }])).toEqual([]);
  });

  it("counts a reading that is printed again as the same one, and takes nothing that is no reading", () => {
    const committed = new Map<string, Reading>();
    const [first] = readings;
    for (const _ of [1, 2]) noteCommitted(committed, JSON.stringify(first));
    expect([...committed.keys()]).toEqual([idOf(1)]);
    expect(() => noteCommitted(committed, JSON.stringify({ ...first, device: "" }))).toThrow(/device/);
    expect(() => noteCommitted(committed, "ready")).toThrow();
  });
});
