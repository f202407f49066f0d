import { spawn } from "node:child_process";
import { describe, expect, it } from "vitest";
import { readingPrinter, unreadBytesMax } from "../../cli/reading-printer.ts";
import { pressed, readingsOf } from "../gateway/store.ts";

const readings = (count: number) => {
  const reading = readingsOf();
  return Array.from({ length: count }, () =>
    reading({ device: "kiosk1", readPoint: "kiosk", observation: pressed("a") }),
  );
};

describe("printing readings", () => {
  const paper = () => {
    const lines: Record<string, unknown>[] = [];
    let fail: () => void = () => {};
    const out = {
      writableLength: 0,
      write: (text: string) => lines.push(JSON.parse(text)),
      on: (_: "error", listener: () => void) => {
        fail = listener;
      },
    };
    return { lines, out, fail: () => fail() };
  };

  it("leaves out what nobody reads, and says how many those were", () => {
    const { lines, out } = paper();
    const print = readingPrinter(out);
    const [first, second, third, fourth, ...more] = readings(6);
    if (!first || !second || !third || !fourth) throw new Error("six were made");
    print([first]);
    out.writableLength = unreadBytesMax;
    print([second, third]);
    print([fourth]);
    out.writableLength = unreadBytesMax - 1;
    print(more);
    expect(lines.map(({ sequence, notPrinted }) => sequence ?? { notPrinted })).toEqual([
      1,
      { notPrinted: 3 },
      5,
      6,
    ]);
  });

  it("ends with its reader, and with nothing else", () => {
    const { lines, out, fail } = paper();
    const print = readingPrinter(out);
    print(readings(1));
    fail();
    print(readings(5));
    expect(lines).toHaveLength(1);
  });

  it("neither waits nor grows when a real pipe is never read", async () => {
    // Whatever a pipe does on this system: a process that prints 8 MB into one that nobody reads goes on.
    const module = new URL("../../dist/cli/reading-printer.js", import.meta.url);
    const script = `
      const { readingPrinter } = await import(${JSON.stringify(module.href)});
      const print = readingPrinter(process.stdout);
      for (let count = 0; count < 80; count += 1) {
        print([{ text: "x".repeat(100_000) }]);
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
      process.stderr.write(String(process.stdout.writableLength));
      process.exit(0);`;
    const child = spawn(process.execPath, ["--input-type=module", "--eval", script], {
      stdio: ["ignore", "pipe", "pipe"],
    });
    let unread = "";
    child.stderr.on("data", (chunk) => {
      unread += String(chunk);
    });
    const code = await new Promise((resolve) => child.on("exit", resolve));
    expect(code).toBe(0);
    expect(Number(unread)).toBeLessThan(unreadBytesMax + 200_000);
    expect(Number(unread)).toBeGreaterThan(0);
  });
});
