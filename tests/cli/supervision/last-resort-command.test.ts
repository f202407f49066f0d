import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { StorewireProcess } from "../../storewire-process.ts";

const testMs = 60_000;

describe("storewire last-resort, as systemd calls it", () => {
  let directory: string;
  const file = (...names: readonly string[]): string => join(directory, ...names);
  const read = (...names: readonly string[]): unknown => JSON.parse(readFileSync(file(...names), "utf8"));

  /** A `systemctl` that only writes down what it was asked. */
  beforeEach(() => {
    directory = mkdtempSync(join(tmpdir(), "storewire-last-resort-"));
    writeFileSync(file("systemctl"), `#!/bin/sh\necho "$@" >> ${file("asked")}\n`);
    chmodSync(file("systemctl"), 0o755);
  });
  afterEach(() => rmSync(directory, { recursive: true, force: true }));

  const ended = async (environment: Readonly<Record<string, string | undefined>>) => {
    const places = ["--boot-directory", file("run", "last"), "--box-directory", file("lib", "last")];
    const command = new StorewireProcess(["last-resort", ...places], {
      environment: { PATH: `${directory}:${process.env.PATH}`, ...environment },
    });
    return { code: await command.exit(), said: command.said() };
  };
  const watchdog = { SERVICE_RESULT: "watchdog", EXIT_STATUS: "ABRT" };

  it(
    "restarts the box once the service was stuck too often, and has written that down before",
    async () => {
      for (const times of [1, 2, 3]) {
        expect(await ended(watchdog)).toEqual({ code: 0, said: `storewire: stuck ${times} of 4 times` });
      }
      expect(await ended({ SERVICE_RESULT: "exit-code", EXIT_STATUS: "78" })).toEqual({
        code: 0,
        said: "storewire: exit-code 78 is nothing that a reboot mends",
      });
      expect([existsSync(file("asked")), existsSync(file("lib"))]).toEqual([false, false]);
      // This machine may have started a moment ago; the box may not.
      const uptimeMinutes = Number(readFileSync("/proc/uptime", "utf8").split(" ")[0]) / 60;
      const fourth = await ended(watchdog);
      if (uptimeMinutes < 10) return expect(fourth.said).toContain("must run for 10 minutes");
      expect(fourth.said).toBe("storewire: stuck 4 times: restarting the box");
      expect(readFileSync(file("asked"), "utf8")).toBe("--no-block reboot\n");
      expect(read("lib", "last", "reboots.json")).toEqual({ rebootsInARow: 1 });
    },
    testMs,
  );

  it(
    "does not restart the box for whoever tries the command by hand",
    async () => {
      const { code, said } = await ended({ SERVICE_RESULT: undefined });
      expect([code, said]).toEqual([64, expect.stringContaining("this is for systemd")]);
      expect(existsSync(file("asked"))).toBe(false);
    },
    testMs,
  );

  it(
    "leaves alone what it cannot read",
    async () => {
      for (let times = 1; times <= 3; times += 1) await ended(watchdog);
      rmSync(file("lib"), { recursive: true, force: true });
      // A file where the directory should be: neither read nor written.
      writeFileSync(file("lib"), "not a directory");
      const { said } = await ended(watchdog);
      expect(said).toContain("must run for 1440 minutes");
      expect([existsSync(file("asked")), readFileSync(file("lib"), "utf8")]).toEqual([
        false,
        "not a directory",
      ]);
    },
    testMs,
  );
});
