import type { ChildProcess } from "node:child_process";
import { execFile, fork } from "node:child_process";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { hidProcess, hidTransport } from "../../../drivers/transports/hid.ts";
import { answerMsMax, wakeEveryMs } from "../../../drivers/transports/hid-talk.ts";
import type { HidConfig } from "../../../protocols/config/transport.ts";
import { fromHex, join, toHex } from "../../../protocols/stream/bytes.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { ByteBench } from "./contract.ts";
import { byteContract, opened } from "./contract.ts";
import { recordingListener } from "./recording-listener.ts";
import { waitUntil } from "./wait-until.ts";

const config: HidConfig = { kind: "hid", usb: { vendor: "0c2e", product: "0b61" }, usagePage: 0x8c };
/** Compiled by `tsc -b`, which `npm test` runs first: a forked Node 20 reads no TypeScript. */
const fakeProcess = new URL("../../../dist/tests/drivers/transports/fake-hid-process.js", import.meta.url);

interface FakeBench extends ByteBench {
  /** Lets the fake process do something, and waits until it has. */
  command(line: string): Promise<void>;
  children(): readonly ChildProcess[];
}

function fakeBench(clock = systemClock()): FakeBench {
  const heard: Uint8Array[] = [];
  const features: Uint8Array[] = [];
  const children: ChildProcess[] = [];
  const done: string[] = [];
  const start = (): ChildProcess => {
    const child = fork(fakeProcess, [], {
      serialization: "advanced",
      execArgv: [],
      stdio: ["pipe", "pipe", "inherit", "ipc"],
    });
    children.push(child);
    if (child.stdout !== null)
      createInterface({ input: child.stdout }).on("line", (line) => {
        const [word = "", argument = ""] = line.split(" ");
        if (word === "heard") heard.push(fromHex(argument) ?? new Uint8Array());
        else if (word === "feature") features.push(fromHex(argument) ?? new Uint8Array());
        else done.push(argument);
      });
    return child;
  };
  const hid = hidProcess({ clock, forkProcess: start });
  const write = (line: string): void => void children.at(-1)?.stdin?.write(`${line}\n`);
  const transport = hidTransport(config, hid);
  const command = async (line: string): Promise<void> => {
    // The process is started by the first opening.
    if (children.length === 0) await (await opened(transport, recordingListener())).close();
    const [word] = line.split(" ");
    const before = done.filter((each) => each === word).length;
    write(line);
    await waitUntil(line, () => done.filter((each) => each === word).length > before);
  };
  return {
    transport,
    command,
    children: () => children,
    heard: () => join(...heard),
    features: () => features,
    say: (bytes) => write(`say ${toHex(bytes)}`),
    unplug: () => command("unplug"),
    replug: () => command("replug"),
    close: () => hid.stop(),
  };
}

byteContract("hid, in a process with a device of the test", () => Promise.resolve(fakeBench()), {
  bytes: { reports: true, features: true },
});

describe("the HID process", () => {
  let bench: FakeBench;
  beforeEach(() => {
    bench = fakeBench();
  });
  afterEach(() => bench.close());

  test("a crash ends every connection with a fault, and the next opening starts another process", async () => {
    const first = recordingListener();
    const second = recordingListener();
    const connection = await opened(bench.transport, first);
    await opened(bench.transport, second);
    expect(bench.children()).toHaveLength(1);
    bench.children()[0]?.stdin?.write("crash\n");
    await waitUntil("both closed", () => first.faults.length > 0 && second.faults.length > 0);
    const fault = { code: "hid-unavailable", detail: "the HID process ended with SIGSEGV" };
    expect([first.faults, second.faults]).toEqual([[fault], [fault]]);
    await expect(connection.send(Uint8Array.of(1))).rejects.toThrow(Error);
    await connection.close();
    const again = recordingListener();
    await opened(bench.transport, again);
    bench.say(Uint8Array.of(2, 3));
    await waitUntil("a report", () => again.chunks.length > 0);
    expect(again.chunks.map(toHex)).toEqual(["0203"]);
    expect(bench.children()).toHaveLength(2);
  });

  test("a process that talks nonsense is killed", async () => {
    const heard = recordingListener();
    await opened(bench.transport, heard);
    bench.children()[0]?.stdin?.write("babble\n");
    await waitUntil("closed", () => heard.faults.length > 0);
    expect(heard.faults).toEqual([{ code: "hid-unavailable", detail: "the HID process ended with SIGKILL" }]);
  });

  test("a process that cannot be started is a fault, and the agent lives", async () => {
    const missing = new URL("no-such-process.js", import.meta.url);
    const hid = hidProcess({
      clock: systemClock(),
      forkProcess: () => fork(missing, [], { stdio: "ignore", execArgv: [], silent: true }),
    });
    expect(await hidTransport(config, hid).open(recordingListener())).toEqual({
      ok: false,
      fault: { code: "hid-unavailable", detail: "the HID process ended with exit code 1" },
    });
  });

  test("stopped, it ends, and its connections with it, quietly", async () => {
    const heard = recordingListener();
    await opened(bench.transport, heard);
    await bench.close();
    expect(bench.children()[0]?.exitCode).toBe(0);
    expect(heard.faults).toEqual([]);
  });
});

test("a HID process that hangs is killed once its time to answer is over", async () => {
  const clock = new ManualClock();
  const bench = fakeBench(clock);
  await bench.command("hang");
  const opening = bench.transport.open(recordingListener());
  await clock.turn(answerMsMax);
  expect(await opening).toEqual({
    ok: false,
    fault: { code: "hid-unavailable", detail: "the HID process ended with SIGKILL" },
  });
});

test("a HID process that hangs while nobody uses its scanner is killed, and the device is told", async () => {
  const clock = new ManualClock();
  const bench = fakeBench(clock);
  const heard = recordingListener();
  await opened(bench.transport, heard);
  const [child] = bench.children();
  let answers = 0;
  child?.on("message", () => {
    answers += 1;
  });
  await clock.turn(wakeEveryMs);
  // Awake it answers, and is asked again.
  await waitUntil("an answer", () => answers === 1);
  expect(heard.faults).toEqual([]);
  child?.kill("SIGSTOP");
  await clock.turn(wakeEveryMs);
  expect(heard.faults).toEqual([]);
  await clock.turn(answerMsMax);
  await waitUntil("closed", () => heard.faults.length > 0);
  expect(heard.faults).toEqual([{ code: "hid-unavailable", detail: "the HID process ended with SIGKILL" }]);
});

test("with the real node-hid, a device that is not there is absent", async () => {
  const hid = hidProcess({ clock: systemClock() });
  const absent: HidConfig = { kind: "hid", usb: { vendor: "0001", product: "fffe", serial: "none" } };
  const opening = await hidTransport(absent, hid).open(recordingListener());
  await hid.stop();
  const why = await loadingError();
  if (why === undefined) {
    const detail = "USB 0001:fffe serial none is not there";
    expect(opening).toEqual({ ok: false, fault: { code: "device-absent", detail } });
    return;
  }
  console.warn(`HID against the real node-hid is not tested, because it cannot be loaded here: ${why}`);
  expect(opening).toMatchObject({
    ok: false,
    fault: { code: "hid-unavailable", detail: expect.stringContaining(why) },
  });
});

/** Why node-hid's addon cannot be loaded on this machine, as a process of its own finds out. */
async function loadingError(): Promise<string | undefined> {
  const script = 'require("node-hid").devices()';
  const root = new URL("../../../", import.meta.url);
  return await new Promise((resolve) => {
    execFile(process.execPath, ["-e", script], { cwd: root }, (error, _stdout, stderr) => {
      resolve(error === null ? undefined : (/^Error: (.*)$/m.exec(stderr)?.[1] ?? stderr));
    });
  });
}
