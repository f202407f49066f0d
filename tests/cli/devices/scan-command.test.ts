import { afterEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { deviceSchema } from "../../../protocols/config/devices.ts";
import { StorewireProcess } from "../../storewire-process.ts";
import { waitUntil } from "../../wait-until.ts";
import { answerOf, type CommandAnswer } from "../command-answer.ts";
import { deviceBench } from "./device-bench.ts";

const carried: { close(): Promise<void> }[] = [];
const processes: StorewireProcess[] = [];
afterEach(async () => {
  await Promise.all(processes.splice(0).map((each) => each.kill("SIGTERM")));
  await Promise.all(carried.splice(0).map((each) => each.close()));
});

function scale() {
  const made = deviceBench("mt-sics");
  carried.push(made.device);
  return { ...made, port: `${made.directory}/port` };
}

/** What it said of this port; the machine that runs the tests may have others. */
const about = ({ stdout }: CommandAnswer, port: string): unknown =>
  stdout.map((line) => JSON.parse(line) as { readonly place: string }).find(({ place }) => place === port);

describe("storewire devices scan", () => {
  it("prints a piece of configuration that can be pasted, under a line of words", async () => {
    const { port } = scale();
    const { exitCode, stdout } = await answerOf(["devices", "scan", "--port", port, "--language", "en"]);
    expect(exitCode).toBe(0);
    const head = stdout.indexOf(`# serial ${port}: recognised: Scale (MT-SICS)`);
    const [piece] = parse(stdout.slice(head).join("\n")) as unknown[];
    expect(deviceSchema.parse(piece)).toMatchObject({
      id: "mt-sics-1",
      driver: "mt-sics",
      transport: { kind: "serial", path: port, baudRate: 9600 },
    });
  });

  it("writes nothing to a port that is excluded, that a running agent has, or that somebody holds", async () => {
    const excluded = scale();
    const scan = ["devices", "scan", "--json", "--port"];
    const answer = await answerOf([...scan, excluded.port, "--exclude", excluded.port]);
    expect(about(answer, excluded.port)).toMatchObject({ state: "left-alone", detail: "excluded" });
    const held = scale();
    const service = new StorewireProcess(["run", "--config", held.file, "--readings"]);
    processes.push(service);
    await waitUntil("it is ready", () => service.stdoutLines.some((line) => line.includes('"ready"')));
    const words = [...scan, held.port];
    expect(about(await answerOf([...words, "--config", held.file]), held.port)).toMatchObject({
      state: "left-alone",
      detail: "the running agent has it as it",
    });
    // Of an agent that it cannot ask it knows nothing; but the port is locked.
    expect(about(await answerOf(words), held.port)).toMatchObject({
      state: "unavailable",
      fault: "port-in-use",
    });
    expect(service.stdoutLines.filter((line) => /degraded|faulted/.test(line))).toEqual([]);
  });
});
