import type { Observation } from "../../../protocols/readings.ts";
import type { SessionEffect } from "../../driver.ts";

/** A Gen2 tag has at least one word of EPC, and its PC can tell of 31 at most. */
const epcDigits = { least: 4, most: 124 } as const;

type Seen = Omit<Extract<Observation, { kind: "tag" }>, "kind" | "change">;

/** A tag that was read; nothing of one whose EPC no tag can have. */
export function tagSeen(seen: Seen, readerMs?: number): readonly SessionEffect[] {
  const { length } = seen.epcHex;
  if (length < epcDigits.least || length > epcDigits.most || length % 4 !== 0) return [];
  const observation: Observation = { kind: "tag", change: "seen", ...seen };
  return [{ kind: "observe", observation, ...(readerMs === undefined ? {} : { readerMs }) }];
}
