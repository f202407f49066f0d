import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { formatErrors, readConfiguration } from "../../cli/configuration-file.ts";

const folder = "tests/cli/configurations";
const smallest = `
site: { id: store-1, gln: "4012345000009", timeZone: Europe/Berlin }
gateway: { id: gw-1 }
hq: { url: mqtt://127.0.0.1:1883 }
`;

const messages = (text: string, name = "storewire.yaml"): string => {
  const reading = readConfiguration(text, name);
  return reading.ok ? "" : formatErrors(reading.errors);
};

/** Noise is made of the language's own words. */
const wordsOfYaml =
  "site: |devices:\n| - |{|}|[|]|\"|'|:|&a |*a|!|\t|\n  |#|~|\u0000|---\n|<<: |%|@|,|? |>\n|\r\n|hq: ".split(
    "|",
  );

describe("reading a configuration", () => {
  it("fills in defaults and freezes everything", () => {
    const reading = readConfiguration(smallest, "storewire.yaml");
    if (!reading.ok) throw new Error(formatErrors(reading.errors));
    const { configuration } = reading;
    expect(configuration.gateway.database).toBe("/var/lib/storewire/gateway.db");
    expect(configuration.hq.mqttVersion).toBe("5");
    expect(configuration.queue.priorityClasses.map(({ id }) => id)).toEqual([
      "regular",
      "priority",
      "elderly",
      "pregnant",
      "disabled",
    ]);
    expect(Object.isFrozen(configuration.limits.outbox)).toBe(true);
    expect(Object.isFrozen(configuration.queue.priorityClasses[0])).toBe(true);
  });

  it("follows anchors and aliases, as YAML 1.2 has them", () => {
    const text = `${smallest}
readPoints: [{ id: desk, role: returns-desk, extension: "1" }]
devices:
  - id: scan-1
    driver: serial-scanner
    readPoint: desk
    transport: { kind: tcp, host: 10.0.0.1, port: 9001 }
    settings: &scanner { suffix: crlf, aimPrefix: true }
  - { id: scan-2, driver: serial-scanner, readPoint: desk, transport: { kind: tcp, host: 10.0.0.2, port: 9001 }, settings: *scanner }
`;
    const reading = readConfiguration(text, "storewire.yaml");
    expect(reading.ok && reading.configuration.devices.map((device) => device.settings)).toEqual([
      { suffix: "crlf", idleGapMs: 300, aimPrefix: true },
      { suffix: "crlf", idleGapMs: 300, aimPrefix: true },
    ]);
  });

  const samples = readdirSync(folder).filter((name) => name.endsWith(".txt"));
  it("has bad configurations to try", () => {
    expect(samples.length).toBeGreaterThan(5);
  });

  it.each(samples)("says everything that is wrong with %s at once", async (name) => {
    const words = messages(readFileSync(join(folder, name), "utf8"), name.replace(".txt", ".yaml"));
    await expect(`${words}\n`).toMatchFileSnapshot(`configurations/${name.replace(".txt", ".errors")}`);
    expect(words).not.toBe("");
  });

  it("finds a mistake through an alias at the place where it was written", () => {
    const text = `${smallest}\nreadPoints:\n  - &point { id: a, role: desk, extension: "1" }\n`;
    const begins = 'storewire.yaml:7:27: readPoints[0].role: found the text "desk"; allowed: returns-desk, ';
    expect(messages(text).slice(0, begins.length)).toBe(begins);
  });

  it("refuses aliases that multiply each other, and texts beyond a million characters", () => {
    const laughs = ["a: &a [1,2,3,4,5,6,7,8,9]"];
    for (const [name, of] of ["ba", "cb", "dc", "ed"])
      laughs.push(`${name}: &${name} [${`*${of},`.repeat(9)}1]`);
    expect(messages(laughs.join("\n"))).toBe(
      "storewire.yaml:1:1: found aliases that multiply each other; allowed: at most 100 of them",
    );
    expect(messages("#".repeat(1_048_577))).toBe(
      "storewire.yaml:1:1: found 1048577 characters; allowed: at most 1048576",
    );
  });

  it("answers with values whatever the text is", () => {
    const words = fc.constantFrom(...wordsOfYaml);
    const text = fc.array(fc.oneof(words, fc.string({ maxLength: 4 })), { maxLength: 30 });
    fc.assert(
      fc.property(text, (parts) => {
        const reading = readConfiguration(parts.join(""), "noise.yaml");
        expect(reading.ok).toBe(false);
        if (reading.ok) return;
        expect(reading.errors.length).toBeGreaterThan(0);
        expect(reading.errors.every(({ line, column }) => line >= 1 && column >= 1)).toBe(true);
      }),
      { numRuns: 500 },
    );
  }, 60_000);
});
