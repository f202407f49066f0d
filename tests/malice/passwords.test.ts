import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { openAccounts } from "../../gateway/broker/accounts.ts";
import { passwordLimits } from "../../gateway/broker/limits.ts";
import { PasswordTries } from "../../gateway/broker/password-tries.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";

const { freeTries, waitMsMin, waitMsMax, forgottenAfterMs, guessersMax } = passwordLimits;
const directories: string[] = [];

afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function accountsOf(clock: ManualClock) {
  const directory = mkdtempSync(join(tmpdir(), "storewire-guesses-"));
  directories.push(directory);
  const configured = ["agent1", "agent2"].map((agent) => {
    const passwordFile = join(directory, agent);
    writeFileSync(passwordFile, `secret of ${agent}`);
    return { username: `user-${agent}`, passwordFile, agent };
  });
  const accounts = await openAccounts(configured, clock);
  return (host: string, agent: string, password = `secret of ${agent}`) =>
    accounts.login(host, { username: `user-${agent}`, password: Buffer.from(password) })?.agent;
}

describe("guessing passwords", () => {
  test("takes longer with every guess, up to five minutes", async () => {
    const clock = new ManualClock();
    const tries = new PasswordTries(clock);
    const waitsMs: number[] = [];
    for (let guess = 0; guess < 14; guess += 1) {
      tries.wrong("host account");
      let waitedMs = 0;
      while (!tries.mayTry("host account")) {
        await clock.turn(1_000);
        waitedMs += 1_000;
      }
      waitsMs.push(waitedMs);
    }
    const doubled = Array.from({ length: 12 }, (_, index) => Math.min(waitMsMax, waitMsMin * 2 ** index));
    expect(waitsMs).toEqual([...Array.from({ length: freeTries - 1 }, () => 0), ...doubled]);
  });

  test("is forgotten after a quarter of an hour, and after the right one", async () => {
    const clock = new ManualClock();
    const tries = new PasswordTries(clock);
    for (let guess = 0; guess < 5; guess += 1) tries.wrong("host account");
    await clock.turn(forgottenAfterMs);
    tries.wrong("host account");
    expect(tries.mayTry("host account")).toBe(true);
    for (let guess = 0; guess < 5; guess += 1) tries.wrong("host account");
    expect(tries.mayTry("host account")).toBe(false);
    tries.right("host account");
    expect(tries.mayTry("host account")).toBe(true);
  });

  test("is remembered of so many and no more", () => {
    const tries = new PasswordTries(new ManualClock());
    for (let guess = 0; guess < 5; guess += 1) tries.wrong("first");
    for (let index = 1; index < guessersMax; index += 1) tries.wrong(`other ${index}`);
    expect(tries.mayTry("first")).toBe(false);
    tries.wrong("one more");
    expect(tries.mayTry("first")).toBe(true);
  });

  test("locks out the guesser, even with the right one, and neither another host nor another account", async () => {
    const clock = new ManualClock();
    const login = await accountsOf(clock);
    for (let guess = 0; guess < 5; guess += 1)
      expect(login("10.0.0.66", "agent1", `${guess}`)).toBeUndefined();
    expect(login("10.0.0.66", "agent1")).toBeUndefined();
    expect(login("10.0.0.66", "agent2")).toBe("agent2");
    expect(login("10.0.0.1", "agent1")).toBe("agent1");
    await clock.turn(4 * waitMsMin);
    expect(login("10.0.0.66", "agent1")).toBe("agent1");
  });
});
