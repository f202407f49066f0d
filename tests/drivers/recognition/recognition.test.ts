import { describe, expect, it } from "vitest";
import { families } from "../../../drivers/catalog.ts";
import { type Interview, interview } from "../../../drivers/recognition/interview.ts";
import { likeliest, planLines } from "../../../drivers/recognition/plan.ts";
import { heardUnasked, questions } from "../../../drivers/recognition/table.ts";
import { scaleTransports } from "../../../protocols/config/devices/scales.ts";
import type { DriverName } from "../../../protocols/config/devices.ts";
import type { SerialLine } from "../../../protocols/config/transport.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { fromLatin1, join } from "../../../protocols/stream/bytes.ts";
import type { Connection, Transport } from "../../../protocols/transport.ts";
import { carryInProcess } from "../../../simulators/carriers/in-process.ts";
import { simulatedFamilies } from "../../../simulators/catalog.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { Simulator } from "../../../simulators/simulator.ts";
import { worldOf } from "../../../simulators/stimuli.ts";
import { lastingIn } from "./lasting.ts";
import { notRecognised } from "./not-recognised.ts";
import { asHeard } from "./wire.ts";

const plan = planLines(families);
const serialFamilies = (Object.keys(families) as DriverName[]).filter(
  (driver) => families[driver].serial.length > 0,
);

const recognisedFamilies = serialFamilies.filter((driver) => !notRecognised.includes(driver));

/** One that takes everything and has nothing behind it. */
const connection: Connection = {
  send: () => Promise.resolve(),
  sendFeature: () => Promise.resolve(),
  setLine: () => Promise.resolve(),
  close: () => Promise.resolve(),
};

interface Behind {
  readonly clock: ManualClock;
  readonly transport: Transport;
  readonly scan: () => void;
  /** What is set in it now. */
  readonly lasting: () => string[];
}

/** A family's simulator as a bare device, whose state can be looked into. */
function deviceBehind(driver: DriverName): Behind {
  const clock = new ManualClock();
  const options = worldOf[driver].options.parse({});
  const simulator = simulatedFamilies[driver].create(options as never, seededRandom(1));
  let state: unknown = simulator.initial;
  const watched: Simulator<unknown, never> = {
    ...simulator,
    name: simulator.name,
    initial: simulator.initial,
    step(before, input) {
      const step = simulator.step(before, input);
      state = step.state;
      return step;
    },
  };
  const device = carryInProcess(watched, { clock });
  // A tenth of a kilo: little enough that a zero or a tare would take it, and be seen.
  if (driver in scaleTransports) device.stimulate({ kind: "load", digits: 100 } as never);
  return {
    clock,
    transport: device.transport,
    scan: () => device.stimulate({ kind: "scan", text: "4006381333931", aim: "]E0" } as never),
    lasting: () => lastingIn(state),
  };
}

/** A cable between a device set to one rate and parity, and a port set to another. */
function portAt(device: Transport, itsLine: SerialLine, ours: SerialLine): Transport {
  return {
    async open(listener) {
      const opening = await device.open({
        ...listener,
        bytes: (bytes) => listener.bytes(asHeard(bytes, itsLine, ours, true)),
      });
      if (!opening.ok) return opening;
      const { connection } = opening;
      const send = (bytes: Uint8Array): Promise<void> =>
        connection.send(asHeard(bytes, ours, itsLine, false));
      return { ok: true, connection: { ...connection, send } };
    },
  };
}

async function interviewed(behind: Behind, itsLine: SerialLine, more?: () => void): Promise<Interview> {
  let answer: Interview | undefined;
  const { clock, transport } = behind;
  const openAt = (line: SerialLine): Transport => portAt(transport, itsLine, line);
  void interview({ clock, plan, openAt }).then((found) => {
    answer = found;
  });
  for (let turns = 0; answer === undefined && turns < 2_000; turns += 1) {
    await clock.turn(50);
    more?.();
  }
  if (answer === undefined) throw new Error("the interview does not end");
  return answer;
}

const cases = recognisedFamilies.flatMap((driver) =>
  families[driver].serial.map((line) => [driver, line] as const),
);

describe("recognition", () => {
  it("has a row for every family on a serial line that its words tell from others", () => {
    const rows = [...heardUnasked, ...questions.flatMap(({ of }) => of)].map(({ driver }) => driver);
    expect(serialFamilies.filter((driver) => !rows.includes(driver))).toEqual(notRecognised);
  });

  it.each(cases.filter(([driver]) => driver !== "serial-scanner"))(
    "finds %s at %o, and leaves it as it was",
    async (driver, line) => {
      const behind = deviceBehind(driver);
      const before = lastingIn(
        simulatedFamilies[driver].create(worldOf[driver].options.parse({}) as never, seededRandom(1)).initial,
      );
      const found = await interviewed(behind, line);
      expect(found).toMatchObject({ kind: "recognised", line });
      if (found.kind === "recognised") expect([found.driver, ...found.or]).toContain(driver);
      expect(behind.lasting()).toEqual(before);
    },
  );

  it("is in doubt only between formats that read alike while nothing lies on the scale", async () => {
    const doubtful: string[] = [];
    for (const driver of recognisedFamilies.filter((each) => each !== "serial-scanner")) {
      const [line] = families[driver].serial;
      const found = line && (await interviewed(deviceBehind(driver), line));
      if (found?.kind === "recognised" && found.or.length > 0)
        doubtful.push(`${driver}: ${[found.driver, ...found.or].join(", ")}`);
    }
    expect(doubtful).toEqual(["yaohua-tf1: yaohua-tf1, yaohua-tf2", "yaohua-tf2: yaohua-tf1, yaohua-tf2"]);
  });

  it("finds a scanner by what is scanned meanwhile, and asks it nothing then", async () => {
    const behind = deviceBehind("serial-scanner");
    const [line] = families["serial-scanner"].serial;
    if (line === undefined) throw new Error("a scanner has a serial line");
    const found = await interviewed(behind, line, behind.scan);
    expect(found).toEqual({ kind: "recognised", driver: "serial-scanner", or: [], line });
  });

  it("says of an empty port that nothing is heard, and of a port that is held whose fault it is", async () => {
    const clock = new ManualClock();
    const silent: Transport = { open: () => Promise.resolve({ ok: true, connection }) };
    const line = plan[0]?.line;
    if (line === undefined) throw new Error("there is a plan");
    const behind = { clock, scan: () => {}, lasting: () => [] };
    expect(await interviewed({ ...behind, transport: silent }, line)).toEqual({
      kind: "unknown",
      heardBytes: 0,
    });
    const fault = { code: "port-in-use", detail: "locked" } as const;
    const held: Transport = { open: () => Promise.resolve({ ok: false, fault }) };
    expect(await interviewed({ ...behind, transport: held }, line)).toEqual({ kind: "unavailable", fault });
  });
});

describe("a judgement", () => {
  it("keeps no more of a device that never stops than it can judge", async () => {
    const clock = new ManualClock();
    const flood: Transport = {
      open(listener) {
        for (let chunks = 0; chunks < 100; chunks += 1) listener.bytes(new Uint8Array(1_024).fill(0xee));
        return Promise.resolve({ ok: true, connection });
      },
    };
    let found: Interview | undefined;
    void interview({ clock, plan, openAt: () => flood }).then((answer) => {
      found = answer;
    });
    while (found === undefined) await clock.turn(1_000);
    expect(found).toEqual({ kind: "unknown", heardBytes: 8_192 });
  });

  it("takes a few right frames among strange bytes for chance", () => {
    const weight = fromLatin1("ST,GS,+001.250kg\r\n");
    const rows = heardUnasked.filter(({ driver }) => driver === "ascii-st-us");
    const strange = new Uint8Array(2 * weight.length + 1).fill(0x7f);
    expect(likeliest(rows, join(weight, weight))?.driver).toBe("ascii-st-us");
    expect(likeliest(rows, join(weight, weight, strange))).toBeUndefined();
    expect(likeliest(rows, weight)).toBeUndefined();
  });
});

describe("every question", () => {
  const asked = questions.flatMap(({ words, bytes }) =>
    serialFamilies.map((driver) => [words, driver, bytes] as const),
  );

  it.each(asked)("%s leaves %s as it was", async (_, driver, bytes) => {
    const behind = deviceBehind(driver);
    const opening = await behind.transport.open({ bytes: () => {}, edge: () => {}, closed: () => {} });
    if (!opening.ok) throw new Error("a simulator opens");
    await behind.clock.turn(500);
    const before = behind.lasting();
    await opening.connection.send(bytes);
    await behind.clock.turn(2_000);
    // And what stays of it in the device must not make an order of the next question.
    for (const question of questions) await opening.connection.send(question.bytes);
    await behind.clock.turn(2_000);
    // A printer may be asked anything only once it has not answered: see the order in the table.
    if (driver !== "escpos-printer") expect(behind.lasting()).toEqual(before);
  });

  it("that a printer could print comes behind the one that it answers, at every rate", () => {
    for (const line of plan.filter((each) => each.questions.length > 0))
      expect(line.questions[0]?.words).toBe("DLE EOT 1 and 4");
  });

  it("holds no letter by which an 8217 scale is zeroed, tared or cleared", () => {
    for (const { bytes, words } of questions.filter((each) => each.words !== "DLE EOT 1 and 4"))
      expect([words, [...bytes].filter((byte) => [0x5a, 0x54, 0x43].includes(byte))]).toEqual([words, []]);
  });
});
