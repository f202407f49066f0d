import { expect, it } from "vitest";
import { fromLatin1, toLatin1 } from "../../../protocols/stream/bytes.ts";
import { benchPump, command } from "./scale-benches.ts";

const bench = { name: "nci-ecr", settings: {}, options: {} } as const;
const openMs = 1_000;
const say = (scale: ReturnType<typeof benchPump>, text: string) => scale.arrive(fromLatin1(text));

it("asks with W, and with H for what the display leaves out", async () => {
  const plain = await benchPump(bench).open(openMs);
  expect(new Set(plain.sent.map(toLatin1))).toEqual(new Set(["W\r"]));
  const fine = await benchPump({ ...bench, settings: { highResolution: true } }).open(openMs);
  expect(new Set(fine.sent.map(toLatin1))).toEqual(new Set(["H\r"]));
  expect(fine.observations.at(-1)).toMatchObject({ value: "0.0000", stable: true });
});

it("writes units in one way, whatever the scale writes", async () => {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  await scale.clock.turn(200);
  say(scale, "\n0001.50LB\r\n00\r\x03");
  expect(scale.observations.at(-1)).toMatchObject({ value: "1.50", unit: "lb", stable: true });
});

it("is sure that a command was not carried out which the scale does not know", async () => {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  scale.command(command("zero"));
  await scale.clock.turn(50);
  say(scale, "\n?\r\x03");
  await scale.clock.turn(0);
  const outcomes = scale.answers.map(({ outcome, fault }) => [outcome, fault]);
  expect(outcomes).toEqual([["failed", "command-unsupported"]]);
});

it("says that the line is noisy when the scale understands nothing three times", async () => {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  for (let time = 0; time < 3; time += 1) {
    expect(scale.degraded).toEqual([]);
    await scale.clock.turn(200);
    say(scale, "\n?\r\x03");
  }
  expect(scale.degraded.map(({ code }) => code)).toEqual(["noisy"]);
  scale.hostHeard = true;
  await scale.clock.turn(300);
  expect(scale.healthyCount).toBe(1);
});

it("gives up a scale that understands no question from the start", async () => {
  const scale = benchPump(bench);
  scale.hostHeard = false;
  await scale.open();
  for (let time = 0; time < 3; time += 1) {
    await scale.clock.turn(250);
    say(scale, "\n?\r\x03");
  }
  expect(scale.givenUp.map(({ code }) => code)).toEqual(["noisy"]);
});

it.each([
  ["\n0001.50LB\r\n40\r\x03", "scale-error"],
  ["\n0001.50LB\r\n80\r\x03", "scale-error"],
  ["\n0001.50LB\r\n04\r\x03", "scale-error"],
  ["\n0001.50LB\r\n08\r\x03", "scale-error"],
  ["\n------LB\r\n00\r\x03", "scale-no-zero"],
])("%j is %s", async (answer, code) => {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  await scale.clock.turn(200);
  say(scale, answer);
  expect(scale.degraded.map((fault) => fault.code)).toEqual([code]);
});

it("takes a status alone for a load that has no weight yet", async () => {
  const scale = await benchPump(bench).open(openMs);
  scale.hostHeard = false;
  await scale.clock.turn(200);
  say(scale, "\n10\r\x03");
  expect(scale.observations.at(-1)).toMatchObject({ value: "0.000", stable: false });
  expect(scale.degraded).toEqual([]);
});
