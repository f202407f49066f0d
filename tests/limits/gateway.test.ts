import { describe, expect, it } from "vitest";
import { commandsPendingMax, pendingChanges } from "../../gateway/commands.ts";
import { returnsService } from "../../gateway/returns/returns-service.ts";
import { morningMs, readingsOf, scanned, stepper, storeConfiguration } from "../gateway/store.ts";

describe("a gateway's memory", () => {
  it("keeps a thousand commands without an answer; the oldest make room", () => {
    const documents = new Map<string, unknown>();
    const now = { wallMs: morningMs, monotonicMs: 0, boot: "boot1", clock: "synced" } as const;
    const give = (count: number, from: number): void => {
      const commands = Array.from({ length: count }, (_, place) => ({
        id: `c${from + place}`,
        device: "printer1",
        task: { kind: "tare" as const },
      }));
      for (const { key, value } of pendingChanges(documents, commands, now)) {
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
    expect(JSON.stringify([...store.documents])).toHaveLength(
      JSON.stringify([["unreadable", [prose.slice(0, 128)]]]).length,
    );
  });
});
