import { fromLatin1 } from "../../stream/bytes.ts";
import { scanText } from "../scanner/scan.ts";
import type { LlrpLong, LlrpParameter } from "./content.ts";
import type { LlrpValue } from "./kinds.ts";

export const isLong = (parameter: LlrpParameter): parameter is LlrpLong => "fields" in parameter;

/** The parameters of that name, in order; those within other parameters not. */
export const longOf = (parameters: readonly LlrpParameter[], name: string): readonly LlrpLong[] =>
  parameters.filter(isLong).filter((parameter) => parameter.name === name);

/** The same, however deep they lie. */
export const everyLong = (parameters: readonly LlrpParameter[], name: string): readonly LlrpLong[] =>
  parameters
    .filter(isLong)
    .flatMap((parameter) => [
      ...(parameter.name === name ? [parameter] : []),
      ...everyLong(parameter.parameters, name),
    ]);

/** The value of the parameter of one value that has this name. */
export function shortOf(parameters: readonly LlrpParameter[], name: string): LlrpValue | undefined {
  const found = parameters.find((parameter) => "value" in parameter && parameter.name === name);
  return found !== undefined && "value" in found ? found.value : undefined;
}

/** A whole number, however wide it was; undefined for anything else. */
export function wholeOf(value: LlrpValue | undefined): number | undefined {
  return typeof value === "number" || typeof value === "bigint" ? Number(value) : undefined;
}

/** Text in UTF-8, one character per byte as the codec leaves it, as it is meant; empty for anything else. */
export const textOf = (value: LlrpValue | undefined): string =>
  scanText(fromLatin1(typeof value === "string" ? value : ""));
