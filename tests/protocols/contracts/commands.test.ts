import { describe, expect, it } from "vitest";
import { deviceCommandSchema } from "../../../protocols/commands.ts";

const command = (task: unknown): unknown => ({ id: "c-1", device: "door-lamp", task });
const isTaken = (task: unknown): boolean => deviceCommandSchema.safeParse(command(task)).success;

describe("an output's command", () => {
  it.each<[string, object]>([
    ["on", { active: true }],
    ["off", { active: false }],
    ["for a while", { active: true, pulseMs: 500 }],
    ["for a day", { active: true, pulseMs: 86_400_000 }],
  ])("switches %s", (_, change) => {
    const task = { kind: "output", line: "lamp", ...change };
    expect(deviceCommandSchema.parse(JSON.parse(JSON.stringify(command(task))))).toEqual(command(task));
  });

  it.each<[string, object]>([
    ["no line", { active: true, line: undefined }],
    ["a line that is no name", { active: true, line: "lamp 1" }],
    ["neither on nor off", {}],
    ["a pulse that no relay follows", { active: true, pulseMs: 9 }],
    ["a pulse of more than a day", { active: true, pulseMs: 86_400_001 }],
    ["half a millisecond", { active: true, pulseMs: 10.5 }],
  ])("is refused with %s", (_, change) => {
    expect(isTaken({ kind: "output", line: "lamp", active: true })).toBe(true);
    expect(isTaken({ kind: "output", line: "lamp", ...change })).toBe(false);
  });
});

describe("a display's command", () => {
  it("is one line of text, and no more than a display is long", () => {
    const show = (text: unknown) => isTaken({ kind: "show", text });
    expect(show("A-001 -> 1")).toBe(true);
    expect(show("x".repeat(128))).toBe(true);
    expect([show(""), show("x".repeat(129)), show(7), show(undefined)]).toEqual([false, false, false, false]);
  });
});
