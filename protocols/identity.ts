import { v7 } from "uuid";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** A time-ordered unique id, UUID version 7 (RFC 9562 section 5.7). */
export function newId(clock: Clock, random: Random): string {
  return v7({ msecs: Math.max(0, Math.floor(clock.wallMs())), random: random.bytes(16) });
}
