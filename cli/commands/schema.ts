import { asyncApiDocument } from "../../protocols/asyncapi.ts";
import { configurationJsonSchema } from "../../protocols/config/json-schema.ts";
import { extensionContext } from "../../protocols/epcis/extension-context.ts";
import { eventsJsonSchema } from "../../protocols/event-schemas.ts";
import { exitCodes } from "../exit-codes.ts";
import { packageVersion } from "../system.ts";

const schemas: Readonly<Record<string, () => object>> = {
  configuration: configurationJsonSchema,
  events: eventsJsonSchema,
  asyncapi: () => asyncApiDocument(packageVersion),
  "epcis-context": extensionContext,
};

/** `storewire schema NAME`: one JSON document on stdout; the result is the exit code. */
export function printSchema(name: string): number {
  const make = Object.hasOwn(schemas, name) ? schemas[name] : undefined;
  if (make === undefined) {
    console.error(`storewire: there is no schema "${name}"; there are: ${Object.keys(schemas).join(", ")}`);
    return exitCodes.usage;
  }
  // Nobody reads on: `| head` has what it wanted.
  process.stdout.on("error", () => process.exit(exitCodes.done));
  process.stdout.write(`${JSON.stringify(make(), null, 2)}\n`);
  return exitCodes.done;
}
