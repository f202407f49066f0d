import { describe, expect, test } from "vitest";
import { identityOfScan } from "../../../protocols/gs1/item-identity.ts";
import {
  badgeText,
  type CommandName,
  commandCodes,
  commandText,
  readCommandCode,
} from "../../../protocols/returns/command-codes.ts";

const names = Object.keys(commandCodes) as CommandName[];

describe("command barcodes", () => {
  test("say each what they were printed for, with a line end or without", () => {
    for (const command of names) {
      expect(readCommandCode(commandText(command))).toEqual({ kind: "command", command });
      expect(readCommandCode(`${commandText(command)}\r\n`)).toEqual({ kind: "command", command });
    }
  });

  test("fit Code 128 and QR's alphanumeric mode, and name no item", () => {
    for (const command of names) {
      const text = commandText(command);
      expect(text).toMatch(/^[A-Z0-9:-]{1,48}$/);
      expect(identityOfScan({ text }).ok).toBe(false);
    }
  });

  test("are worded in both languages, no two alike", () => {
    for (const language of ["words", "wordsChinese"] as const)
      expect(new Set(names.map((name) => commandCodes[name][language])).size).toBe(names.length);
  });

  test("are unknown when a later version printed them, and none of ours without the prefix", () => {
    expect(readCommandCode("STOREWIRE:FLY")).toEqual({ kind: "unknown" });
    expect(readCommandCode("GRADE-A")).toBeUndefined();
  });
});

describe("a badge", () => {
  test("names the clerk", () => {
    expect(badgeText("C-017")).toBe("STOREWIRE:BADGE:C-017");
    expect(readCommandCode("STOREWIRE:BADGE:C-017")).toEqual({ kind: "badge", clerk: "C-017" });
  });

  test.each(["", "lower", "A B", "A".repeat(21), "-A"])("cannot hold %j", (clerk) => {
    expect(badgeText(clerk)).toBeUndefined();
    expect(readCommandCode(`STOREWIRE:BADGE:${clerk}`)).toEqual({ kind: "unknown" });
  });
});
