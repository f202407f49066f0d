import { v7 } from "uuid";
import type { Clock } from "./clock.ts";
import type { Random } from "./random.ts";

/** A time-ordered unique id, UUID version 7 (RFC 9562 section 5.7). */
export function newId(clock: Clock, random: Random): string {
  return v7({ msecs: Math.max(0, Math.floor(clock.wallMs())), random: random.bytes(16) });
}

/** When an id was made, as its maker's clock believed; undefined where it is no UUID version 7. */
export function madeMsOf(id: string): number | undefined {
  const time = /^([0-9a-f]{8})-([0-9a-f]{4})-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/.exec(id);
  return time === null ? undefined : Number.parseInt(`${time[1]}${time[2]}`, 16);
}
