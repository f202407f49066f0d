import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import type { EventRow, StoredEvent } from "../../../hq/event-store.ts";
import { CaseForwarder } from "../../../hq/items/case-forwarder.ts";
import { readStoredItem } from "../../../hq/items/stored-item.ts";
import { openSqliteEventStore } from "../../../hq/sqlite-event-store.ts";
import type { MessageLink, MessageReceiver } from "../../../protocols/message-link.ts";
import { type ContinueCases, continueCasesSchema } from "../../../protocols/returns/continue-case.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { answerOf } from "../../cli/command-answer.ts";

const depotPlace = "https://id.gs1.org/414/9521321000773";
const depot = { site: "depot", gateway: "gw1" };
const tote = "https://id.gs1.org/8003/0952132112345877";
const itemOf = (serial: number): string => `https://id.gs1.org/01/09521141123454/21/${serial}`;

let sequence = 0;
function row(type: string, data: object, site = "store", atMs = sequence * 1_000): EventRow {
  sequence += 1;
  const time = new Date(Date.UTC(2026, 0, 5) + atMs).toISOString();
  const body = JSON.stringify({ type: `storewire.return.${type}`, time, clock: "synced", data });
  return { site, gateway: "gw1", stream: "evt", epoch: "e1", sequence, category: "return", body };
}
const handedIn = (item: string): EventRow =>
  row("handed-in", { epcList: [item], eventID: "ni:1", "storewire:case": item });
const packed = (item: string): EventRow =>
  row("packed", { parentID: tote, childEPCs: [item], eventID: "ni:2", "storewire:case": item });
const shipped = (): EventRow =>
  row("shipped", {
    epcList: [tote],
    eventID: `ni:${sequence}`,
    destinationList: [{ type: "location", destination: depotPlace }],
  });

/** A link with a depot behind it that answers when it is told to. */
function depotLink() {
  const told: ContinueCases[] = [];
  let receiver: MessageReceiver = () => undefined;
  const ups: (() => void)[] = [];
  const link = {
    up: true as boolean,
    publish(topic: string, payload: string | Uint8Array) {
      expect(topic).toBe("storewire/v1/depot/gw1/cmd/returns-continue");
      told.push(continueCasesSchema.parse(JSON.parse(String(payload))));
      return Promise.resolve();
    },
    subscribe(filters: readonly string[], receive: MessageReceiver) {
      expect(filters).toEqual(["storewire/v1/depot/gw1/cmd/returns-continue/reply"]);
      receiver = receive;
      return Promise.resolve();
    },
    onUp(listener: () => void) {
      ups.push(listener);
      return () => undefined;
    },
    onDown: () => () => undefined,
    close: () => Promise.resolve(),
  } satisfies MessageLink;
  const answer = (words: unknown) =>
    receiver({ topic: "", payload: new TextEncoder().encode(JSON.stringify(words)), retained: false });
  return { link, told, answer, comeUp: () => ups.forEach((listener) => listener()) };
}

const routes = new Map([[depotPlace, depot]]);
const noStore = { events: () => Promise.resolve([]) };

describe("cases on their way to a depot", () => {
  test("are told again until the depot has them on disk, and not after", async () => {
    const clock = new ManualClock();
    const { link, told, answer, comeUp } = depotLink();
    const forwarder = await CaseForwarder.start({ link, clock, routes }, noStore);
    forwarder.stored([handedIn(itemOf(1)), packed(itemOf(1)), shipped()]);
    expect(told).toHaveLength(1);
    expect(told[0]?.cases).toMatchObject([
      { item: itemOf(1), case: itemOf(1), container: tote, step: "shipped" },
    ]);
    await clock.turn(30_000);
    comeUp();
    expect(told).toHaveLength(3);
    expect(new Set(told.map(({ id }) => id)).size).toBe(1);
    void answer({ id: "another", outcome: "done" });
    void answer("nonsense");
    expect(forwarder.pending).toBe(1);
    void answer({ id: told[0]?.id, outcome: "done" });
    expect(forwarder.pending).toBe(0);
    await clock.turn(60_000);
    expect(told).toHaveLength(3);
    forwarder.close();
  });

  test("wait while the link is down, and go in messages of 128", async () => {
    const clock = new ManualClock();
    const { link, told, comeUp } = depotLink();
    const forwarder = await CaseForwarder.start({ link, clock, routes }, noStore);
    link.up = false;
    const items = Array.from({ length: 200 }, (_, serial) => itemOf(serial));
    forwarder.stored([...items.flatMap((item) => [handedIn(item), packed(item)]), shipped()]);
    expect(told).toEqual([]);
    link.up = true;
    comeUp();
    expect(told.map(({ cases }) => cases.length)).toEqual([128, 72]);
    forwarder.close();
  });

  test("are told once more when HQ starts anew, and nothing of other places", async () => {
    const { link, told } = depotLink();
    const rows: StoredEvent[] = [handedIn(itemOf(1)), packed(itemOf(1)), shipped()].map((each, index) => ({
      ...each,
      arrival: index + 1,
    }));
    const store = {
      events: (after: number) => Promise.resolve(rows.filter(({ arrival }) => arrival > after)),
    };
    const forwarder = await CaseForwarder.start({ link, clock: new ManualClock(), routes }, store);
    expect(told.map(({ cases }) => cases.map(({ item }) => item))).toEqual([[itemOf(1)]]);
    forwarder.close();
    const elsewhere = depotLink();
    await CaseForwarder.start({ link: elsewhere.link, clock: new ManualClock(), routes: new Map() }, store);
    expect(elsewhere.told).toEqual([]);
  });

  test("are kept for a thousand messages that nobody answers", async () => {
    const { link } = depotLink();
    link.up = false;
    const forwarder = await CaseForwarder.start({ link, clock: new ManualClock(), routes }, noStore);
    for (let serial = 0; serial < 1_001; serial += 1) {
      const item = itemOf(serial);
      const alone = { epcList: [item], "storewire:case": item, eventID: "ni:3" };
      const destinationList = [{ type: "location", destination: depotPlace }];
      forwarder.stored([handedIn(item), row("shipped", { ...alone, destinationList })]);
    }
    expect(forwarder.pending).toBe(1_000);
    forwarder.close();
  });
});

describe("storewire hq item", () => {
  const directory = mkdtempSync(join(tmpdir(), "storewire-hq-item-"));
  afterAll(() => rmSync(directory, { recursive: true, force: true }));

  test("joins what store and depot told, totes included, beside the receiver", async () => {
    const path = join(directory, "hq.db");
    const { store } = await openSqliteEventStore({ path, clock: new ManualClock() });
    const dayMs = 86_400_000;
    const item = itemOf(7);
    const asset = "https://id.gs1.org/8004/952132110007700000000001";
    const events = [
      handedIn(item),
      packed(item),
      packed(itemOf(8)),
      shipped(),
      row("arrived", { epcList: [tote], eventID: "ni:4", "storewire:post": "dock-in" }, "depot", dayMs),
      row(
        "unpacked",
        { parentID: tote, childEPCs: [item], eventID: "ni:5", "storewire:case": item },
        "depot",
        2 * dayMs,
      ),
      row(
        "refurbished",
        { inputEPCList: [item], outputEPCList: [asset], eventID: "ni:7", "storewire:case": item },
        "depot",
        2 * dayMs + 1,
      ),
      row("restocked", { epcList: [asset], eventID: "ni:8", "storewire:case": item }, "depot", 2 * dayMs + 2),
      // The tote goes round again, without it.
      { ...row("shipped", { epcList: [tote], eventID: "ni:6" }, "store", 3 * dayMs) },
    ];
    const ledgers = ["store", "depot"].map((site) => ({
      site,
      gateway: "gw1",
      stream: "evt" as const,
      epoch: "e1",
      contiguous: 0,
      beyond: [],
    }));
    await store.store({ events, ledgers, deadLetters: [] });
    const { view, events: told } = await readStoredItem(path, item);
    expect(view).toMatchObject({ step: "restocked", site: "depot", case: item, item: asset, formerly: item });
    // Whichever of its names is asked for, it is one story.
    expect((await readStoredItem(path, asset)).events).toEqual(told);
    expect(told.map(({ type }) => type.split(".").at(-1))).toEqual([
      "handed-in",
      "packed",
      "shipped",
      "arrived",
      "unpacked",
      "refurbished",
      "restocked",
    ]);
    const { exitCode, stdout } = await answerOf(["hq", "item", item, "--database", path, "--json"]);
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout.join(""))).toMatchObject({ step: "restocked", site: "depot" });
    const words = await answerOf(["hq", "item", item, "--database", path]);
    expect(words.stdout.slice(0, 3)).toEqual([item, `  is      ${asset}`, `  was     ${item}`]);
    expect((await answerOf(["hq", "item", itemOf(9), "--database", path])).exitCode).toBe(1);
    await store.close();
  });
});
