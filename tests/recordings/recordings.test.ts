import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { families, startDriver } from "../../drivers/catalog.ts";
import { type Replayed, replay } from "../../edge-agent/recorder/replay.ts";
import type { DriverName } from "../../protocols/config/devices.ts";
import { type Recording, readRecording } from "../../protocols/recording.ts";
import { faultPlans } from "./fault-plans.ts";
import { type FaultPlan, recordFault } from "./record-fault.ts";

const folder = "tests/recordings";
const ending = ".jsonl";
const expectedEnding = ".expected.jsonl";
const recordings = (): string[] =>
  readdirSync(folder).filter((name) => name.endsWith(ending) && !name.endsWith(expectedEnding));
const isUpdating = process.env["STOREWIRE_UPDATE"] === "1";

function recordingIn(text: string): Recording {
  const read = readRecording(text);
  if (!read.ok) throw new Error(`line ${read.line}: ${read.reason}`);
  return read.recording;
}

/** The words behind a fault's code may be put better one day; what they mean may not change. */
const withoutWords = (line: Replayed): object =>
  Object.fromEntries(Object.entries(line).filter(([name]) => name !== "detail"));
const linesOf = (text: string): unknown[] =>
  text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as unknown);

const plans = Object.entries(faultPlans) as [DriverName, FaultPlan<never>][];

// A family's recording is made once, from its simulator; later changes of the simulator leave it as it is.
if (isUpdating) {
  for (const [driver, plan] of plans) {
    const file = join(folder, `${driver}-${plan.fault}${ending}`);
    if (!existsSync(file)) writeFileSync(file, `${(await recordFault(driver, plan)).lines.join("\n")}\n`);
  }
  for (const name of recordings()) {
    const file = join(folder, name.replace(ending, expectedEnding));
    const said = replay(recordingIn(readFileSync(join(folder, name), "utf8")), startDriver);
    if (!existsSync(file)) writeFileSync(file, `${said.map((line) => JSON.stringify(line)).join("\n")}\n`);
  }
}

describe("a recorded fault", () => {
  it.each(recordings())("%s says again what it said", (name) => {
    const said = replay(recordingIn(readFileSync(join(folder, name), "utf8")), startDriver);
    const file = join(folder, name.replace(ending, expectedEnding));
    expect(existsSync(file), `${file}: storewire replay ${name} > ${file}, and read it`).toBe(true);
    expect(said.map(withoutWords)).toEqual(
      linesOf(readFileSync(file, "utf8")).map((line) => withoutWords(line as Replayed)),
    );
  });

  it("is there for each family of the catalog", () => {
    const recorded = recordings().map(
      (name) => recordingIn(readFileSync(join(folder, name), "utf8")).header.device.driver,
    );
    expect([...new Set(recorded)].sort()).toEqual(Object.keys(families).sort());
  });

  it("shows a fault: something refused, lost, given up, degraded, failed, or noise", () => {
    const quiet = recordings().filter((name) => {
      const said = replay(recordingIn(readFileSync(join(folder, name), "utf8")), startDriver);
      return !said.some(
        (line) => "fault" in line || "noiseBytes" in line || "fault" in (readingIn(line) ?? {}),
      );
    });
    expect(quiet).toEqual([]);
  });
});

const readingIn = (line: Replayed): object | undefined => ("reading" in line ? line.reading : undefined);

describe("a replay", () => {
  it.each(plans)("of %s makes the readings that the running device made", async (driver, plan) => {
    const { lines, readings } = await recordFault(driver, plan);
    const said = replay(recordingIn(`${lines.join("\n")}\n`), startDriver);
    expect(said.flatMap((line) => readingIn(line) ?? [])).toEqual(readings);
    expect(said.filter((line) => "sends" in line)).toEqual([]);
  });

  it.each(plans)("of %s says the same every time", async (driver, plan) => {
    const recording = recordingIn(`${(await recordFault(driver, plan)).lines.join("\n")}\n`);
    expect(replay(recording, startDriver)).toEqual(replay(recording, startDriver));
  });
});
