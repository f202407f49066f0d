import { describe, expect, it } from "vitest";
import { readMessage } from "../../gateway/broker/reading-message.ts";
import { commandsPendingMax, pendingChanges } from "../../gateway/commands.ts";
import { ledgerOf } from "../../gateway/returns/ledger.ts";
import { returnsService } from "../../gateway/returns/returns-service.ts";
import { added, type Boot, bootOf, bootsIn, bootsMax } from "../../gateway/time/boots.ts";
import { stampSchema } from "../../protocols/readings.ts";
import { readingsOf, scanned, stepper, storeConfiguration } from "../gateway/store.ts";

describe("a gateway's memory", () => {
  it("keeps a thousand commands without an answer; the oldest make room", () => {
    const documents = new Map<string, unknown>();
    const give = (count: number, from: number): void => {
      const commands = Array.from({ length: count }, (_, place) => ({
        id: `c${from + place}`,
        device: "printer1",
        task: { kind: "tare" as const },
      }));
      for (const { key, value } of pendingChanges(documents, commands)) {
        if (value === undefined) documents.delete(key);
        else documents.set(key, value);
      }
    };
    give(commandsPendingMax, 0);
    expect(documents.size).toBe(commandsPendingMax);
    give(3, commandsPendingMax);
    expect(documents.size).toBe(commandsPendingMax);
    expect([...documents.keys()].slice(0, 2)).toEqual(["c3", "c4"]);
    expect([...documents.keys()].at(-1)).toBe(`c${commandsPendingMax + 2}`);
  });

  it("tells HQ no more than 128 characters of a code that names no item", () => {
    const store = stepper(returnsService(storeConfiguration()));
    const reading = readingsOf();
    const prose = "prose ".repeat(500);
    const [alert] = store.read(
      reading({ device: "scanner1", readPoint: "desk", observation: scanned(prose, "]Q0") }),
    );
    expect(alert?.data).toMatchObject({ code: "code-unreadable", content: prose.slice(0, 128) });
    expect(store.documents.get("unreadable")).toEqual([prose.slice(0, 128)]);
  });

  it("takes JSON of 16 levels and 16,384 separators, and puts deeper and wider JSON aside unread", () => {
    const reasonOf = (text: string): string | undefined =>
      readMessage({ topic: "local/v1/agent1/reading", client: "agent1", agent: "agent1" }, Buffer.from(text))
        .letter?.reason;
    const deep = (levels: number): string => "[".repeat(levels) + "]".repeat(levels);
    const wide = (separators: number): string => `[0${",0".repeat(separators)}]`;
    const tooDeep = "nested more than 16 levels deep";
    const tooWide = "more names and values than readings have";
    expect(
      [deep(16), deep(17), wide(16_384), wide(16_385)]
        .map(reasonOf)
        .map((reason) => [reason === tooDeep, reason === tooWide]),
    ).toEqual([
      [false, false],
      [true, false],
      [false, false],
      [false, true],
    ]);
    // Within a text brackets and commas are letters.
    expect(reasonOf(JSON.stringify(["[".repeat(50) + ",".repeat(20_000)]))).not.toBe(tooWide);
  });

  it("remembers 1,024 starts; strangers go first, and its own never", () => {
    const documents = new Map<string, unknown>();
    const add = (boot: Omit<Boot, "order">): void => {
      for (const { key, value } of added(documents, boot, "own")) {
        if (value === undefined) documents.delete(key);
        else documents.set(key, value);
      }
    };
    const boot = (name: string, kind: "own" | "agent") =>
      ({ boot: name, place: { kind } }) as unknown as Omit<Boot, "order">;
    add(boot("own", "own"));
    add(boot("stranger", "agent"));
    for (let count = 2; count < bootsMax; count += 1) add(boot(`before${count}`, "own"));
    expect(bootsIn(documents)).toHaveLength(1_024);
    add(boot("one more", "own"));
    add(boot("and one", "own"));
    expect(bootsIn(documents)).toHaveLength(1_024);
    expect(
      ["own", "stranger", "before2", "before3", "one more"].map(
        (name) => bootOf(documents, name) !== undefined,
      ),
    ).toEqual([true, false, false, true, true]);
  });

  it("takes times of four-digit years, and of boxes that were not up for more than 31 years", () => {
    const taken = (wallMs: number, monotonicMs: number): boolean =>
      stampSchema.safeParse({ wallMs, monotonicMs, boot: "boot1", clock: "synced" }).success;
    expect(taken(253_402_300_799_999, 1_000_000_000_000)).toBe(true);
    expect(taken(253_402_300_800_000, 0)).toBe(false);
    expect(taken(0, 1_000_000_000_001)).toBe(false);
  });

  it("makes room for 256 cases at once, the oldest ones, and tells of it", () => {
    const casesMax = 66_000;
    const store = stepper(returnsService(storeConfiguration((site) => (site.returns = { casesMax }))));
    store.documents.set("ledger", { opened: casesMax, held: casesMax });
    for (let order = 1; order <= casesMax; order += 1)
      store.documents.set(`case/${order}`, { uri: `${order}`, order, posts: {} });
    const observed = {
      device: "scanner1",
      readPoint: "desk",
      observation: scanned("0180614141123458216789", "]d2"),
    };
    const events = store.read(readingsOf()(observed));
    expect(events.map(({ type, subject }) => `${type} ${subject}`)).toEqual([
      "storewire.alert.return return-cases-full",
      "storewire.return.handed-in https://id.gs1.org/01/80614141123458/21/6789",
    ]);
    expect(store.documents.has("case/256")).toBe(false);
    expect(store.documents.has("case/257")).toBe(true);
    expect(ledgerOf(store.documents)).toMatchObject({ opened: casesMax + 1, held: casesMax - 255 });
  });
});
