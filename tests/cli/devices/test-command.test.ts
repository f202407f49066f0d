import { afterEach, describe, expect, it } from "vitest";
import { StorewireProcess } from "../../storewire-process.ts";
import { waitUntil } from "../../wait-until.ts";
import { answerOf, type CommandAnswer } from "../command-answer.ts";
import { type DeviceBench, deviceBench } from "./device-bench.ts";

const carried: { close(): Promise<void> }[] = [];
const processes: StorewireProcess[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill("SIGTERM")));
  await Promise.all(carried.splice(0).map((each) => each.close()));
});

function bench(driver: "mt-sics" | "escpos-printer"): DeviceBench<"mt-sics" | "escpos-printer"> {
  const made = deviceBench<"mt-sics" | "escpos-printer">(driver);
  carried.push(made.device);
  return made;
}

interface Answer {
  readonly ok: boolean;
  readonly steps: readonly { readonly step: string; readonly verdict: string; readonly fault?: string }[];
}

const stepsIn = ({ stdout }: CommandAnswer): string[] =>
  (JSON.parse(stdout[0] ?? "") as Answer).steps.map(
    ({ step, verdict, fault }) => `${step} ${fault ?? verdict}`,
  );

async function startService(file: string): Promise<StorewireProcess> {
  const service = new StorewireProcess(["run", "--config", file, "--readings"]);
  processes.push(service);
  await waitUntil("it is ready", () => service.stdoutLines.some((line) => line.includes('"ready"')));
  return service;
}

describe("storewire devices test", () => {
  it("proves a scale that a running agent has, through its door", async () => {
    const { device, file } = bench("mt-sics");
    await startService(file);
    device.stimulate({ kind: "load", digits: 1_250 });
    const answer = await answerOf(["devices", "test", "it", "--config", file, "--json"]);
    expect(stepsIn(answer)).toEqual(
      ["configured present permitted free opens", "answers untroubled observes steady clean"].flatMap(
        (names) => names.split(" ").map((name) => `${name} passed`),
      ),
    );
    expect(answer.exitCode).toBe(0);
  });

  it("opens the device itself where no agent runs, and tells its trouble with a cure, in both languages", async () => {
    const { device, file } = bench("mt-sics");
    device.stimulate({ kind: "load", digits: 9_999_999 });
    const words = ["devices", "test", "it", "--config", file, "--seconds", "2"];
    const english = await answerOf([...words, "--language", "en"]);
    expect(english.exitCode).toBe(1);
    expect(english.stdout.join("\n")).toMatch(
      /FAIL {2}it reports no trouble: too much lies on the scale.*\n {6}-> Take the load off\./,
    );
    const chinese = await answerOf([...words, "--language", "zh"]);
    expect(chinese.stdout.join("\n")).toMatch(/FAIL {2}无故障报告: 秤超载.*\n {6}-> 取下秤上的物品。/);
  });

  it("prints a ticket where it is asked to, and not otherwise", async () => {
    const { file } = bench("escpos-printer");
    const words = ["devices", "test", "it", "--config", file, "--json"];
    const without = await answerOf(words);
    expect([without.exitCode, stepsIn(without).some((step) => step.startsWith("prints"))]).toEqual([
      0,
      false,
    ]);
    const printed = await answerOf([...words, "--print"]);
    expect([printed.exitCode, stepsIn(printed)]).toEqual([0, expect.arrayContaining(["prints passed"])]);
  });

  it("finds a device that is away, one that does not answer, and one that nobody configured", async () => {
    const { device, file } = bench("mt-sics");
    const unknown = await answerOf(["devices", "test", "ghost", "--config", file, "--json"]);
    expect([unknown.exitCode, stepsIn(unknown)[0]]).toEqual([1, "configured device-unknown"]);
    device.stimulate({ lineFault: "silence", lasts: { ms: 600_000 } });
    const silent = await answerOf(["devices", "test", "it", "--config", file, "--json"]);
    expect([silent.exitCode, stepsIn(silent)]).toEqual([
      1,
      expect.arrayContaining(["opens passed", "answers handshake-timeout", "observes not-tried"]),
    ]);
    await device.unplug();
    const away = await answerOf(["devices", "test", "it", "--config", file, "--json"]);
    expect([away.exitCode, stepsIn(away)]).toEqual([
      1,
      expect.arrayContaining(["configured passed", "present device-absent", "opens not-tried"]),
    ]);
  });

  it("finds a port that another program holds", async () => {
    const { file } = bench("mt-sics");
    const holder = new StorewireProcess(["devices", "watch", "it", "--config", file, "--json"]);
    processes.push(holder);
    await waitUntil("it is held", () => holder.stdoutLines.some((line) => line.includes('"ready"')));
    const held = await answerOf(["devices", "test", "it", "--config", file, "--json"]);
    expect([held.exitCode, stepsIn(held)]).toEqual([1, expect.arrayContaining(["free port-in-use"])]);
  });
});
