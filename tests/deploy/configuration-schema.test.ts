import { readFileSync } from "node:fs";
import { Ajv2020 } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { formatErrors, readConfiguration } from "../../cli/configuration-file.ts";
import { transportsOfDriver } from "../../protocols/config/devices.ts";
import { configurationJsonSchema } from "../../protocols/config/json-schema.ts";
import { isCurrent } from "./is-current.ts";

const schemaFile = "deploy/schema/storewire.schema.json";
const exampleFile = "deploy/storewire.yaml";

describe("the published schema of the configuration", () => {
  it("is current", () => {
    isCurrent(schemaFile, `${JSON.stringify(configurationJsonSchema(), null, 2)}\n`);
  });

  it("is a JSON Schema that takes the example store and refuses a misspelling", () => {
    const ajv = new Ajv2020({ allErrors: true });
    addFormats.default(ajv);
    const validate = ajv.compile(JSON.parse(readFileSync(schemaFile, "utf8")) as object);
    const store = parse(readFileSync(exampleFile, "utf8")) as Record<string, unknown>;
    expect(validate(store) || validate.errors).toBe(true);
    expect(validate({ ...store, lgoLevel: "info" })).toBe(false);
  });
});

describe("the example store", () => {
  const reading = readConfiguration(readFileSync(exampleFile, "utf8"), exampleFile);
  const configuration = reading.ok ? reading.configuration : undefined;

  it("is right", () => {
    expect(reading.ok ? "" : formatErrors(reading.errors)).toBe("");
  });

  it("has every family, a queue with two counters, and a post of each service", () => {
    const used = new Set(configuration?.devices.map(({ driver }) => driver));
    expect([...used].sort()).toEqual(Object.keys(transportsOfDriver).sort());
    expect(configuration?.queue.counters).toHaveLength(2);
    expect([...new Set(configuration?.readPoints.map(({ role }) => role))].sort()).toEqual([
      "counter",
      "inspection",
      "kiosk",
      "returns-cage",
      "returns-desk",
      "weighing",
    ]);
  });
});
