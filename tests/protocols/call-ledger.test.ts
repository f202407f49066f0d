import { describe, expect, it } from "vitest";
import { CallLedger, watchCalls } from "../../protocols/call-ledger.ts";

class Slow {
  readonly #name = "slow";
  readonly answers: ((value: string) => void)[] = [];
  calls = 0;
  get name(): string {
    return this.#name;
  }
  ask(word: string): Promise<string> {
    this.calls += 1;
    return new Promise((resolve) => this.answers.push((end) => resolve(`${this.#name} ${word}${end}`)));
  }
  fail(): Promise<never> {
    return Promise.reject(new Error("no"));
  }
  throw(): Promise<never> {
    throw new Error("at once");
  }
  plain(): string {
    return this.#name;
  }
}

describe("a ledger of calls", () => {
  it("knows what has not come back, and changes nothing of what does", async () => {
    const slow = new Slow();
    const ledger = new CallLedger();
    const watched = watchCalls(slow, { ask: ledger });
    const asked = watched.ask("word");
    // Begun at once, as without a ledger.
    expect([slow.calls, ledger.begun, ledger.settled, ledger.open]).toEqual([1, 1, 0, 1]);
    slow.answers[0]?.("!");
    expect(await asked).toBe("slow word!");
    expect([ledger.begun, ledger.settled, ledger.open]).toEqual([1, 1, 0]);
  });

  it("counts what fails as come back, rejected or thrown", async () => {
    const ledger = new CallLedger();
    const watched = watchCalls(new Slow(), { fail: ledger, throw: ledger });
    await expect(watched.fail()).rejects.toThrow("no");
    expect(() => watched.throw()).toThrow("at once");
    expect([ledger.begun, ledger.settled]).toEqual([2, 2]);
  });

  it("leaves everything else as it is, private fields and all", () => {
    const ledger = new CallLedger();
    const watched = watchCalls(new Slow(), { ask: ledger });
    expect([watched.name, watched.plain(), watched.calls, ledger.begun]).toEqual(["slow", "slow", 0, 0]);
  });
});
