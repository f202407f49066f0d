import { readFileSync } from "node:fs";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { type Demand, formatErrors, readConfiguration } from "../configuration-file.ts";
import { exitCodes } from "../exit-codes.ts";

/** `storewire check`: says every error of the file at once; the result is the exit code. */
export function checkConfiguration(file: string, json: boolean): number {
  const reading = loadConfiguration(file);
  if (json)
    console.log(
      JSON.stringify(reading.ok ? { ok: true, file } : { ok: false, file, errors: reading.errors }),
    );
  else if (reading.ok) console.error(`${file}: in order`);
  else console.error(formatErrors(reading.errors));
  return reading.ok ? exitCodes.done : exitCodes.configuration;
}

/** The configuration, or undefined when its errors have been said and the process is to end with 78. */
export function configurationOrComplain(file: string, demand?: Demand): Configuration | undefined {
  const reading = loadConfiguration(file, demand);
  if (reading.ok) return reading.configuration;
  console.error(formatErrors(reading.errors));
  process.exitCode = exitCodes.configuration;
  return undefined;
}

function loadConfiguration(file: string, demand?: Demand): ReturnType<typeof readConfiguration> {
  try {
    return readConfiguration(readFileSync(file, "utf8"), file, demand);
  } catch (error) {
    const found = error instanceof Error ? error.message : String(error);
    const allowed = "a readable file; name another with --config";
    return { ok: false, errors: [{ file, line: 1, column: 1, path: "", found, allowed }] };
  }
}
