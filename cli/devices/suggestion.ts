import type { Found } from "./scan.ts";

export interface Suggested extends Found {
  /** A device of the configuration, ready but for its id and its read point. */
  readonly device?: object;
}

/** Ids count what is found of each family. */
export function suggested(found: readonly Found[]): readonly Suggested[] {
  const counts = new Map<string, number>();
  return found.map((each) => {
    const { driver, transport } = each;
    if (driver === undefined || transport === undefined) return each;
    const count = (counts.get(driver) ?? 0) + 1;
    counts.set(driver, count);
    const device = { id: `${driver}-${count}`, readPoint: "READ-POINT", driver, transport };
    return { ...each, device };
  });
}
