import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { readRecording } from "../../../protocols/recording.ts";
import { StorewireProcess } from "../../storewire-process.ts";
import { waitUntil } from "../../wait-until.ts";
import { answerOf } from "../command-answer.ts";
import { deviceBench, deviceBenchOnTcp } from "./device-bench.ts";

const processes: StorewireProcess[] = [];
const carried: { close(): Promise<void> }[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill("SIGTERM")));
  await Promise.all(carried.splice(0).map((each) => each.close()));
});

/** The command as a process that the test's end ends. */
function start(...words: readonly string[]): StorewireProcess {
  const started = new StorewireProcess(words);
  processes.push(started);
  return started;
}

function bench(): ReturnType<typeof deviceBench<"serial-scanner">> {
  const made = deviceBench("serial-scanner");
  carried.push(made.device);
  return made;
}

function entriesOf(lines: readonly string[]): string[] {
  const read = readRecording(`${lines.join("\n")}\n`);
  if (!read.ok) throw new Error(`line ${read.line}: ${read.reason}`);
  return read.recording.entries.map((entry) =>
    entry.kind === "bytes" ? `${entry.direction} ${entry.hex}` : entry.kind,
  );
}

const codeHex = "343030363338313333333933310d";
const scan = { kind: "scan", text: "4006381333931", aim: "]X0" } as const;

describe("storewire record", () => {
  it("saves what the running agent remembers, and the agent's service goes on", async () => {
    const { device, file, directory } = bench();
    const service = start("run", "--config", file, "--readings");
    await waitUntil("the scanner is ready", () =>
      service.stdoutLines.some((line) => line.includes('"ready"')),
    );
    device.stimulate(scan);
    await waitUntil("the scan", () => service.stdoutLines.some((line) => line.includes("4006381333931")));
    const output = join(directory, "saved.jsonl");
    const { exitCode, stdout, stderr } = await answerOf([
      "record",
      "it",
      "--config",
      file,
      "--output",
      output,
    ]);
    expect([exitCode, stdout]).toEqual([0, []]);
    expect(stderr).toContain(`entries in ${output}`);
    expect(entriesOf(readFileSync(output, "utf8").trim().split("\n"))).toEqual([
      "opened",
      `in ${codeHex}`,
      "end",
    ]);
    const onlyFuture = await answerOf(["record", "it", "--config", file, "--no-past"]);
    expect(entriesOf(onlyFuture.stdout)).toEqual(["end"]);
    expect(await service.kill("SIGTERM")).toBe(0);
  });

  it("opens the device itself where no agent runs, for so many seconds", async () => {
    const { device, file } = bench();
    const recording = start("record", "it", "--config", file, "--seconds", "3");
    await waitUntil("it is open", () => recording.stdoutLines.some((line) => line.includes('"opened"')));
    device.stimulate(scan);
    expect(await recording.exit()).toBe(0);
    expect(entriesOf(recording.stdoutLines)).toEqual(["opened", `in ${codeHex}`, "end"]);
    expect(JSON.parse(recording.stdoutLines[0] ?? "")).toMatchObject({
      recording: 1,
      device: { id: "it", driver: "serial-scanner", transport: { kind: "serial" } },
    });
  });

  it("says which devices there are, that a folder is missing, and what the longest time is", async () => {
    const { file } = bench();
    const unknown = await answerOf(["record", "ghost", "--config", file]);
    expect([unknown.exitCode, unknown.stderr]).toEqual([64, expect.stringContaining("there are: it")]);
    const nowhere = await answerOf(["record", "it", "--config", file, "--output", "/nowhere/x.jsonl"]);
    expect([nowhere.exitCode, nowhere.stderr]).toEqual([69, expect.stringContaining("/nowhere/x.jsonl")]);
    const long = await answerOf(["record", "it", "--config", file, "--seconds", "3601"]);
    expect([long.exitCode, long.stderr]).toEqual([64, expect.stringContaining("at most 3600 seconds")]);
  });
});

describe("storewire replay", () => {
  it("prints what the driver makes of a recording, one JSON object a line", async () => {
    const name = "tests/recordings/mt-sics-overload-then-silent";
    const { exitCode, stdout } = await answerOf(["replay", `${name}.jsonl`]);
    expect(exitCode).toBe(0);
    expect(stdout).toEqual(readFileSync(`${name}.expected.jsonl`, "utf8").trim().split("\n"));
  });

  it("is no device whose reports or lines no terminal carries", async () => {
    const buttons = "tests/recordings/gpio-buttons-held-and-pulled-off.jsonl";
    const { exitCode, stderr } = await answerOf(["replay", buttons, "--as-device", "pty"]);
    expect([exitCode, stderr]).toEqual([64, expect.stringContaining("gpio-buttons speaks on no line")]);
  });

  it("names the line that is wrong, and a file that is not there", async () => {
    const { directory } = bench();
    const broken = join(directory, "broken.jsonl");
    writeFileSync(broken, "{}\n");
    const no = await answerOf(["replay", broken]);
    expect([no.exitCode, no.stderr]).toEqual([1, expect.stringContaining(`${broken}:1: not a recording`)]);
    const missing = await answerOf(["replay", join(directory, "missing.jsonl")]);
    expect([missing.exitCode, missing.stderr]).toEqual([69, expect.stringContaining("missing.jsonl")]);
  });

  it.each(["tcp", "pty"] as const)(
    "is the recorded device on %s, and a second agent reads it",
    async (carrier) => {
      const { device, file, directory } = bench();
      device.stimulate(scan);
      const saved = join(directory, "saved.jsonl");
      const recording = start("record", "it", "--config", file, "--seconds", "2", "--output", saved);
      const watched = { kind: "scan", text: "9521321000018", aim: "]X0" } as const;
      await waitUntil("it is open", async () => {
        device.stimulate(watched);
        return recording.running === false;
      });
      expect(await recording.exit()).toBe(0);
      await device.close();
      const again = start("replay", saved, "--as-device", carrier, "--start-after", "4");
      await waitUntil("it is there", () => again.stdoutLines.length > 0);
      const { transport } = JSON.parse(again.stdoutLines[0] ?? "") as { readonly transport: object };
      const configuration = JSON.parse(readFileSync(file, "utf8")) as { devices: { transport: object }[] };
      const devices = configuration.devices.map((each) => ({ ...each, transport }));
      writeFileSync(file, JSON.stringify({ ...configuration, devices }));
      const watch = start("devices", "watch", "it", "--config", file, "--json");
      await waitUntil("the code that was scanned then", () =>
        watch.stdoutLines.some((line) => line.includes("9521321000018")),
      );
    },
  );
});

describe("storewire devices watch", () => {
  it("shows condition and readings in words, in both languages, without disturbing the agent", async () => {
    const { device, file } = bench();
    const service = start("run", "--config", file, "--readings");
    await waitUntil("the scanner is ready", () =>
      service.stdoutLines.some((line) => line.includes('"ready"')),
    );
    const english = start("devices", "watch", "it", "--config", file, "--language", "en");
    const chinese = start("devices", "watch", "it", "--config", file, "--language", "zh");
    await waitUntil("both see it", () =>
      [english, chinese].every(({ stdoutLines }) => stdoutLines.length > 0),
    );
    device.stimulate(scan);
    await waitUntil("both have read it", () =>
      [english, chinese].every(({ stdoutLines }) => stdoutLines.length > 1),
    );
    expect(english.stdoutLines[0]).toBe("it (serial-scanner, desk)  device ready");
    expect(english.stdoutLines[1]).toMatch(/^\d\d:\d\d:\d\d {2}code "4006381333931"$/);
    expect(chinese.stdoutLines[1]).toMatch(/条码 "4006381333931"$/);
    expect(await english.kill("SIGINT")).toBe(0);
    await service.kill("SIGTERM");
    expect(await chinese.exit()).toBe(69);
    expect(chinese.said()).toContain("the agent has ended");
  });

  it("runs the device itself where no agent does, and tells its trouble", async () => {
    const { device, file } = await deviceBenchOnTcp("serial-scanner");
    carried.push(device);
    const watch = start("devices", "watch", "it", "--config", file, "--language", "en");
    await waitUntil("it is ready", () => watch.stdoutLines.some((line) => line.includes("device ready")));
    expect(watch.said()).toContain("opened for this command alone");
    await device.unplug();
    // Health is told once a second: what was found since is told instead where it came soon.
    await waitUntil("the trouble is told", () =>
      watch.stdoutLines.some((line) =>
        /the connection to the device broke|the device is not there/.test(line),
      ),
    );
    expect(await watch.kill("SIGINT")).toBe(0);
  });
});
