import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { eventsJsonSchema } from "../../protocols/event-schemas.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";
import { answerOf } from "./command-answer.ts";

const testMs = 60_000;
const published: readonly (readonly [string, string])[] = [
  ["configuration", readFileSync("deploy/schema/storewire.schema.json", "utf8")],
  ["events", `${JSON.stringify(eventsJsonSchema(), null, 2)}\n`],
  ["asyncapi", readFileSync("deploy/asyncapi.json", "utf8")],
  ["epcis-context", readFileSync("deploy/epcis-context.jsonld", "utf8")],
];

describe("storewire schema", () => {
  it.each(published)(
    "%s prints what is published",
    async (name, document) => {
      const { exitCode, stdout, stderr } = await answerOf(["schema", name]);
      expect(`${stdout.join("\n")}\n`).toBe(document);
      expect(stderr).toBe("");
      expect(exitCode).toBe(0);
    },
    testMs,
  );

  it.each(["event", "toString"])(
    "names the schemas that there are when there is no %s, and exits 64",
    async (name) => {
      expect(await answerOf(["schema", name])).toEqual({
        exitCode: 64,
        stdout: [],
        stderr: `storewire: there is no schema "${name}"; there are: configuration, events, asyncapi, epcis-context`,
      });
    },
    testMs,
  );

  it(
    "ends in peace when nobody reads on",
    async () => {
      const command = new StorewireProcess(["schema", "asyncapi"]);
      command.leave();
      await waitUntil("it has ended", () => !command.running, testMs);
      expect(await command.exit()).toBe(0);
      expect(command.said()).toBe("");
    },
    testMs,
  );
});
