import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { type Scenario, scenarioSchema } from "../../simulators/scenario/scenario-schema.ts";
import { shippedScenarios } from "../../simulators/scenarios/shipped.ts";
import { UsageError } from "../usage-error.ts";

/** A scenario by its name, or from a YAML or JSON file. Throws words for the one who typed it. */
export function findScenario(nameOrFile: string): Scenario {
  const shipped = shippedScenarios.find(({ name }) => name === nameOrFile);
  if (shipped !== undefined) return scenarioSchema.parse(shipped);
  const names = shippedScenarios.map(({ name }) => name).join(", ");
  let text: string;
  try {
    text = readFileSync(nameOrFile, "utf8");
  } catch {
    throw new UsageError(`"${nameOrFile}" is neither a file nor one of the shipped scenarios: ${names}`);
  }
  const scenario = scenarioSchema.safeParse(parse(text));
  if (scenario.success) return scenario.data;
  const issues = scenario.error.issues.map(
    ({ path, message }) => `${nameOrFile}: ${path.join(".")}: ${message}`,
  );
  throw new UsageError(issues.join("\n"));
}
