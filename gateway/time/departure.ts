import type { StoredEntry } from "../../outbox/outbox.ts";
import type { EventTypeName } from "../../protocols/events.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { type LocalTime, localTimes } from "../local-time.ts";
import type { Documents } from "../service.ts";
import { bootsIn, stamped, type Zero } from "./boots.ts";
import { movedData } from "./event-times.ts";

/** What an event made under a clock that was not set carries in the outbox, and sheds when it leaves. */
export interface UnsetTimes {
  readonly at: Stamp;
  readonly businessDayAt?: Stamp;
}

/** What `clock` says in the outbox until it is known what to say. */
export const unsetClock = "unset";
/** Such an event's text begins with its stamps, so that all others are told from it at a glance. */
const unsetStart = '{"unset":';
export const unsetWords = (times: UnsetTimes): string => `${unsetStart.slice(1)}${JSON.stringify(times)},`;

interface UnsetEvent {
  readonly type: EventTypeName;
  readonly data: Readonly<Record<string, unknown>>;
  readonly unset: UnsetTimes;
}

/**
 * Says how an event leaves. One that was made before the clock was set waits until its start has got the
 * zero that it leaves with, on disk; then it leaves with that, now and whenever it is asked for again.
 */
export class Departures {
  readonly #timeZone: string;
  readonly #localTime: (timeMs: number) => LocalTime;
  #leaves: ReadonlyMap<string, Zero | undefined> = new Map();

  constructor(timeZone: string) {
    this.#timeZone = timeZone;
    this.#localTime = localTimes(timeZone);
  }

  /** These documents are on disk. */
  committed(documents: Documents): void {
    this.#leaves = new Map(bootsIn(documents).map(({ boot, leaves }) => [boot, leaves]));
  }

  textOf = ({ body }: Pick<StoredEntry, "body">): string | undefined => {
    if (!body.startsWith(unsetStart)) return body;
    const { unset, ...event } = JSON.parse(body) as UnsetEvent;
    const at = this.#departed(unset.at);
    const businessDayAt = unset.businessDayAt && this.#departed(unset.businessDayAt);
    if (at === undefined || (unset.businessDayAt !== undefined && businessDayAt === undefined))
      return undefined;
    const byMs = at.wallMs - unset.at.wallMs;
    const move = { byMs, timeZone: this.#timeZone, localTime: this.#localTime, businessDayAt };
    const data = movedData(event, move);
    const estimated = [at, businessDayAt].some((stamp) => stamp?.clock === "estimated");
    return JSON.stringify({
      ...event,
      time: new Date(at.wallMs).toISOString(),
      clock: estimated ? "estimated" : "synced",
      ...(estimated ? monotonicOf(unset.at) : {}),
      data,
    });
  };

  /** Of a start that nobody remembers the stamp is all there is. */
  #departed(at: Stamp): Stamp | undefined {
    if (at.clock === "synced" || !this.#leaves.has(at.boot)) return at;
    const zero = this.#leaves.get(at.boot);
    return zero && stamped(at, zero);
  }
}

/** What lets HQ order estimated times, and know them once `storewire.gateway.clock` tells this boot's. */
export const monotonicOf = ({ boot, monotonicMs }: Stamp) =>
  ({ boot, monotonic: String(Math.floor(monotonicMs)) }) as const;
