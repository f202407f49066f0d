import { describe, expect, it } from "vitest";
import { codecNames } from "../../cli/decode.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { answerOf } from "./command-answer.ts";

const testMs = 60_000;
const good = "a00501720109de";
const broken = "a00501720109df";
const decoded = { address: 1, command: 114, firmware: "1.9" };

describe("storewire decode", () => {
  it(
    "answers each line of stdin with one line of JSON, good or not, and exits 0",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(
        ["decode", "r2000-a0", "-"],
        [good, broken, "", "zz", good],
      );
      expect(stdout.map((line): unknown => JSON.parse(line))).toEqual([
        { ok: true, decoded },
        { ok: false, code: "checksum", error: expect.any(String) },
        { ok: false, code: "empty", error: expect.any(String) },
        { ok: false, code: "hex", error: expect.any(String) },
        { ok: true, decoded },
      ]);
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
    },
    testMs,
  );

  it(
    "answers for bytes on the command line by its exit code as well",
    async () => {
      const right = await answerOf(["decode", "r2000-a0", good]);
      expect(right).toEqual({ exitCode: 0, stdout: [JSON.stringify({ ok: true, decoded })], stderr: "" });
      const wrong = await answerOf(["decode", "r2000-a0", broken]);
      expect(JSON.parse(wrong.stdout.join())).toMatchObject({ ok: false, code: "checksum" });
      expect(wrong.exitCode).toBe(1);
    },
    testMs,
  );

  it(
    "names the codecs that there are when it knows none of that name, and exits 64",
    async () => {
      const { exitCode, stdout, stderr } = await answerOf(["decode", "r2001", "-"], [good]);
      expect(stderr).toBe(`storewire: there is no codec "r2001"; there are: ${codecNames.join(", ")}`);
      expect(stdout).toEqual([]);
      expect(exitCode).toBe(64);
    },
    testMs,
  );

  it(
    "ends in peace when nobody reads on",
    async () => {
      const command = new StorewireProcess(["decode", "r2000-a0", "-"]);
      command.tell(good);
      await waitUntil("the first answer is there", () => command.stdoutLines.length > 0, testMs);
      command.leave();
      await waitUntil(
        "it has noticed",
        () => {
          command.tell(good);
          return !command.running;
        },
        testMs,
      );
      expect(await command.exit()).toBe(0);
      expect(command.said()).toBe("");
    },
    testMs,
  );
});
