import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemClock } from "../../../cli/system.ts";
import { gpioTransport } from "../../../drivers/transports/gpio.ts";
import { parseChips, parseEdge, parseHeld } from "../../../drivers/transports/gpiod-tools.ts";
import type { GpioLine } from "../../../protocols/config/transport.ts";
import { lineContract, opened } from "./contract.ts";
import type { GpiodStandIn, GpiodVersion } from "./gpiod/stand-in.ts";
import { gpiodStandIn } from "./gpiod/stand-in.ts";
import { recordingListener } from "./recording-listener.ts";
import { waitUntil } from "./wait-until.ts";

const common = { chip: "bench", activeLow: true, debounceMs: 20 } as const;
const button: GpioLine = { ...common, offset: 1, direction: "in" };
const lamp: GpioLine = { ...common, offset: 2, direction: "out" };
const versions: readonly GpiodVersion[] = ["1.6.3", "2.1.3"];

const transportOn = (
  { folder, deviceFolder }: GpiodStandIn,
  lines: Record<string, GpioLine> = { button, lamp },
) =>
  gpioTransport(
    { kind: "gpio", lines },
    { clock: systemClock(), root: "/no/such/folder", gpiodFolder: folder, deviceFolder },
  );

for (const version of versions)
  lineContract(`gpio by gpiod ${version}`, () => {
    const tools = gpiodStandIn(version);
    return Promise.resolve({
      transport: transportOn(tools),
      press: (active: boolean) => tools.move(1, !active),
      lamp: () => {
        const level = tools.level(2);
        return level === undefined ? undefined : !level;
      },
      unplug: () => Promise.resolve(tools.plug(false)),
      replug: () => Promise.resolve(tools.plug(true)),
      close: () => Promise.resolve(tools.remove()),
    });
  });

describe.each(versions)("gpio by gpiod %s", (version) => {
  let tools: GpiodStandIn;
  beforeEach(() => {
    tools = gpiodStandIn(version);
  });
  afterEach(() => tools.remove());

  test("lines are watched together in the version's own words, and outputs held", async () => {
    const beam: GpioLine = { name: "GPIO4", direction: "in", activeLow: false, debounceMs: 0 };
    const connection = await opened(transportOn(tools, { button, beam, lamp }), recordingListener());
    const call = version === "1.6.3" ? "-b -F %o %e gpiochip0 1 4" : "-F %o %e -c gpiochip0 1 4";
    expect(tools.calls("gpiomon")).toEqual([call]);
    await waitUntil("lamp held", () => tools.holder(2) === "gpioset");
    await connection.close();
    expect([1, 2, 4].map((offset) => tools.holder(offset))).toEqual([undefined, undefined, undefined]);
  });

  test("a pull is asked for where it is configured", async () => {
    const connection = await opened(
      transportOn(tools, { button: { ...button, bias: "pull-up" } }),
      recordingListener(),
    );
    expect(tools.calls("gpiomon")[0]).toContain(version === "1.6.3" ? "-B pull-up" : "-b pull-up");
    await connection.close();
  });

  test("outputs are inactive from the start, and after the end though they were on", async () => {
    const bell: GpioLine = { ...lamp, offset: 3, activeLow: false };
    const connection = await opened(transportOn(tools, { lamp, bell }), recordingListener());
    expect([tools.level(2), tools.level(3)]).toEqual([true, false]);
    await connection.setLine("lamp", true);
    await connection.setLine("bell", true);
    expect([tools.level(2), tools.level(3)]).toEqual([false, true]);
    await connection.close();
    expect([tools.level(2), tools.level(3)]).toEqual([true, false]);
  });

  test("an output that another program has taken meanwhile is not driven, and says so", async () => {
    const heard = recordingListener();
    const connection = await opened(transportOn(tools, { lamp }), heard);
    await connection.close();
    tools.occupy(2, true);
    const opening = await transportOn(tools, { lamp }).open(heard);
    expect(opening).toMatchObject({ ok: false, fault: { code: "port-in-use" } });
    await expect(connection.setLine("lamp", true)).rejects.toThrow("the connection has ended");
  });

  test("an input that another program holds is a port in use", async () => {
    tools.occupy(1, true);
    const opening = await transportOn(tools).open(recordingListener());
    expect(opening).toMatchObject({
      ok: false,
      fault: {
        code: "port-in-use",
        detail: expect.stringMatching(/^line button: .*Device or resource busy$/),
      },
    });
    // What was opened before it is given back.
    expect(tools.holder(2)).toBeUndefined();
  });

  test("a chip that is not there, a line that is not, an input that is no output", async () => {
    const connection = await opened(transportOn(tools), recordingListener());
    await expect(connection.setLine("button", true)).rejects.toThrow("no output line is named button");
    await connection.close();
    for (const [line, detail] of [
      [{ ...button, chip: "elsewhere" }, "line button: no GPIO chip is labelled elsewhere; there are: bench"],
      [{ ...button, offset: 8 }, "line button: bench has only 8 lines, so no offset 8"],
    ] as const)
      expect(await transportOn(tools, { button: line }).open(recordingListener())).toEqual({
        ok: false,
        fault: { code: "device-absent", detail },
      });
  });

  test("a line that is active at the start is no edge", async () => {
    tools.move(1, false);
    const heard = recordingListener();
    const connection = await opened(transportOn(tools), heard);
    tools.move(1, true);
    await waitUntil("the release", () => heard.edges.length > 0);
    expect(heard.edges).toEqual([["button", false]]);
    await connection.close();
  });

  test("after an edge that got lost the level is read anew", async () => {
    const heard = recordingListener();
    const connection = await opened(transportOn(tools), heard);
    tools.move(1, false);
    await waitUntil("the press", () => heard.edges.length === 1);
    // Released unheard, pressed, and released unheard again: what is heard are two presses in a row.
    tools.move(1, true, "unheard");
    tools.move(1, false);
    tools.move(1, true, "unheard");
    await waitUntil("the release", () => heard.edges.length === 2);
    expect(heard.edges).toEqual([
      ["button", true],
      ["button", false],
    ]);
    tools.move(1, false);
    await waitUntil("the next press", () => heard.edges.length === 3);
    await connection.close();
  });

  test("a gpiomon that ends ends the connection", async () => {
    const heard = recordingListener();
    const connection = await opened(transportOn(tools, { button }), heard);
    tools.plug(false);
    await waitUntil("the end", () => heard.faults.length > 0);
    expect(heard.faults).toEqual([
      { code: "connection-lost", detail: "line button: the GPIO chip gpiochip0 is gone" },
    ]);
    await connection.close();
  });
});

test("a box without /sys/class/gpio and without the tools says what to install", async () => {
  const none = gpioTransport(
    { kind: "gpio", lines: { button } },
    { clock: systemClock(), root: "/no/such/folder", gpiodFolder: "/no/such/folder" },
  );
  expect(await none.open(recordingListener())).toMatchObject({
    ok: false,
    fault: { code: "gpio-unavailable", detail: expect.stringContaining("apt-get install gpiod") },
  });
});

test("a tool that hangs is given up, and so is a gpiomon that never takes its lines", async () => {
  const tools = gpiodStandIn("1.6.3");
  tools.replace("gpiomon", "exec sleep 60");
  // A clock on which the five seconds of waiting pass at once.
  const hurried = { ...systemClock(), after: (_: number, work: () => void) => systemClock().after(1, work) };
  const lines = { button };
  const never = gpioTransport(
    { kind: "gpio", lines },
    { clock: hurried, root: "/no/such/folder", gpiodFolder: tools.folder, deviceFolder: tools.deviceFolder },
  );
  expect(await never.open(recordingListener())).toEqual({
    ok: false,
    fault: { code: "device-absent", detail: "line button: gpiomon does not take the lines" },
  });
  tools.replace("gpiodetect", "exec sleep 60");
  const opening = await transportOn(tools).open(recordingListener());
  expect(opening).toMatchObject({ ok: false, fault: { code: "device-absent" } });
  tools.remove();
}, 30_000);

test("what gpiomon prints beyond any line is dropped, and the next edge is heard", async () => {
  const tools = gpiodStandIn("2.1.3");
  const heard = recordingListener();
  const connection = await opened(transportOn(tools), heard);
  tools.print(`${"1 2".padStart(100_000, "x")}\n`);
  tools.move(1, false);
  await waitUntil("the press", () => heard.edges.length > 0);
  expect(heard.edges).toEqual([["button", true]]);
  await connection.close();
  tools.remove();
});

describe("what the tools print", () => {
  const detected = "gpiochip0 [pinctrl-bcm2711] (58 lines)\ngpiochip1 [raspberrypi-exp-gpio] (8 lines)\n";

  test.each([
    [
      "1.6",
      '\tline   0:     "ID_SDA"       unused   input  active-high \n\tline   1:      unnamed       unused   input  active-high \n',
    ],
    ["2.x", '\tline   0:\t"ID_SDA"        \tinput\n\tline   1:\tunnamed         \tinput\n'],
  ])("names chips and lines, in %s", (_, lines) => {
    const chips = parseChips(detected, `gpiochip0 - 58 lines:\n${lines}gpiochip1 - 8 lines:\n`);
    expect(chips).toEqual([
      { directory: "gpiochip0", label: "pinctrl-bcm2711", lineCount: 58, lineNames: ["ID_SDA", ""] },
      { directory: "gpiochip1", label: "raspberrypi-exp-gpio", lineCount: 8, lineNames: [] },
    ]);
  });

  test("says who holds a line", () => {
    const old =
      '\tline   3:      "A" "gpiomon"   input  active-high [used]\n\tline  12: unnamed "kernel" output\n';
    const new_ =
      '\tline   3:\t"A"\tinput edges=both consumer="gpiomon"\n\tline  12:\tunnamed\toutput consumer="x"\n';
    expect([...parseHeld(old, "gpiomon")]).toEqual([3]);
    expect([...parseHeld(new_, "gpiomon")]).toEqual([3]);
  });

  test("tells edges, whatever number falling has", () => {
    expect(["3 1", "3 0", "3 2"].map(parseEdge)).toEqual([
      { offset: 3, rising: true },
      { offset: 3, rising: false },
      { offset: 3, rising: false },
    ]);
    expect(["", "3", "3 7", "x 1", "gpiomon: what"].map(parseEdge)).toEqual(Array(5).fill(undefined));
  });
});
