import type { Watermark } from "../protocols/events.ts";
import { type GatewayName, type Stream, streams } from "../protocols/topics.ts";
import type { Delivery, EventRow } from "./event-store.ts";
import {
  canHold,
  emptyLedger,
  holds,
  type Ledger,
  type LedgerName,
  ledgerKey,
  missing,
  noteHeld,
  type Range,
  sameLedger,
} from "./ledger.ts";
import type { Arrival } from "./reception.ts";

/** What headquarters knows of one gateway beside its ledgers. */
export interface GatewayRecord {
  readonly name: GatewayName;
  /** The epoch that the watermark is about; older ones are over, whatever they lack. */
  readonly epoch: string;
  /** The last sequences that the gateway says it has given out under this epoch. */
  readonly last: Readonly<Record<Stream, number>>;
}

const gatewayKey = ({ site, gateway }: GatewayName): string => `${site}/${gateway}`;

/** All that headquarters holds, in memory; the store has the same on disk. */
export interface Holdings {
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly gateways: ReadonlyMap<string, GatewayRecord>;
}

/** What a group of arrivals does to the holdings once it is stored. */
export interface Plan {
  readonly delivery: Delivery;
  readonly gateways: ReadonlyMap<string, GatewayRecord>;
  /** Gateways that sent something: each is told its watermark, also when all of it was known. */
  readonly heardFrom: ReadonlySet<string>;
  readonly doubled: number;
  /** Left to be asked for again, because the ledger holds too many islands. */
  readonly postponed: number;
  /** Streams whose epoch ended with something missing. */
  readonly ended: readonly { readonly ledger: LedgerName; readonly missing: readonly Range[] }[];
}

/** Holdings as they were stored; the epoch that was seen last is the newest until the gateway says otherwise. */
export function holdingsOf(ledgers: readonly Ledger[]): Holdings {
  const gateways = new Map<string, GatewayRecord>();
  for (const { site, gateway, epoch } of ledgers) {
    const name = { site, gateway };
    gateways.set(gatewayKey(name), { name, epoch, last: { evt: 0, tel: 0 } });
  }
  return { ledgers: new Map(ledgers.map((ledger) => [ledgerKey(ledger), ledger])), gateways };
}

/** Decides what of the arrivals is new. Changes nothing: the plan counts only once it is stored. */
export function planDelivery(holdings: Holdings, arrivals: readonly Arrival[]): Plan {
  const planning = new Planning(holdings);
  for (const arrival of arrivals) planning.add(arrival);
  return planning.plan();
}

/** The holdings after the plan was stored. Works in place, for there may be many thousand ledgers. */
export class CurrentHoldings implements Holdings {
  readonly ledgers: Map<string, Ledger>;
  readonly gateways: Map<string, GatewayRecord>;

  constructor(holdings: Holdings) {
    this.ledgers = new Map(holdings.ledgers);
    this.gateways = new Map(holdings.gateways);
  }

  accept(plan: Plan): void {
    for (const ledger of plan.delivery.ledgers) this.ledgers.set(ledgerKey(ledger), ledger);
    for (const [key, record] of plan.gateways) this.gateways.set(key, record);
  }
}

/** The ledger of a gateway's stream under its newest epoch. */
export function currentLedger(holdings: Holdings, record: GatewayRecord, stream: Stream): Ledger {
  const name = { ...record.name, stream, epoch: record.epoch };
  return holdings.ledgers.get(ledgerKey(name)) ?? emptyLedger(name);
}

export function watermarkOf(holdings: Holdings, record: GatewayRecord): Watermark {
  return {
    epoch: record.epoch,
    sequence: String(currentLedger(holdings, record, "evt").contiguous),
    telemetry: String(currentLedger(holdings, record, "tel").contiguous),
  };
}

class Planning {
  readonly #holdings: Holdings;
  readonly #ledgers = new Map<string, Ledger>();
  readonly #gateways = new Map<string, GatewayRecord>();
  readonly #heardFrom = new Set<string>();
  readonly #events: EventRow[] = [];
  readonly #deadLetters: Delivery["deadLetters"][number][] = [];
  readonly #ended: Plan["ended"][number][] = [];
  #doubled = 0;
  #postponed = 0;

  constructor(holdings: Holdings) {
    this.#holdings = holdings;
  }

  add(arrival: Arrival): void {
    this.#deadLetters.push(...arrival.deadLetters);
    for (const run of runsOf(arrival.rows)) this.#takeRun(run);
    for (const place of arrival.refused) {
      this.#beginUnknownEpoch(place);
      this.#note(place, { from: place.sequence, to: place.sequence });
    }
    for (const range of arrival.losses) this.#note(range, range);
    if (arrival.name !== undefined && arrival.state !== undefined)
      this.#hearState(arrival.name, arrival.state);
    if (arrival.name !== undefined) this.#heardFrom.add(gatewayKey(arrival.name));
  }

  plan(): Plan {
    const ledgers = [...this.#ledgers.values()];
    return {
      delivery: { events: this.#events, ledgers, deadLetters: this.#deadLetters },
      gateways: this.#gateways,
      heardFrom: this.#heardFrom,
      doubled: this.#doubled,
      postponed: this.#postponed,
      ended: this.#ended,
    };
  }

  /** The ordinary case is a run that continues the ledger; it is taken at once. */
  #takeRun(run: readonly [EventRow, ...EventRow[]]): void {
    const [first] = run;
    this.#beginUnknownEpoch(first);
    const { contiguous, beyond } = this.#ledger(first);
    if (first.sequence !== contiguous + 1 || beyond.length > 0) {
      for (const row of run) this.#take(row);
      return;
    }
    for (const row of run) this.#events.push(row);
    this.#note(first, { from: first.sequence, to: first.sequence + run.length - 1 });
  }

  #take(row: EventRow): void {
    const ledger = this.#ledger(row);
    if (holds(ledger, row.sequence)) this.#doubled += 1;
    else if (!canHold(ledger, row.sequence)) this.#postponed += 1;
    else {
      this.#events.push(row);
      this.#note(row, { from: row.sequence, to: row.sequence });
    }
  }

  #note(name: LedgerName, range: Range): void {
    const ledger = this.#ledger(name);
    if (!canHold(ledger, range.from) && !canHold(ledger, range.to)) return;
    this.#ledgers.set(ledgerKey(name), noteHeld(ledger, range));
  }

  #ledger(name: LedgerName): Ledger {
    return this.#knownLedger(name) ?? emptyLedger(name);
  }

  #knownLedger(name: LedgerName): Ledger | undefined {
    const key = ledgerKey(name);
    return this.#ledgers.get(key) ?? this.#holdings.ledgers.get(key);
  }

  #record(name: GatewayName): GatewayRecord | undefined {
    const key = gatewayKey(name);
    return this.#gateways.get(key) ?? this.#holdings.gateways.get(key);
  }

  /** An epoch of which nothing was ever seen is the newest: a gateway makes a new one only with a new file. */
  #beginUnknownEpoch(name: LedgerName): void {
    const known = streams.some((stream) => this.#knownLedger({ ...name, stream }) !== undefined);
    if (!known) this.#beginEpoch(name, name.epoch);
  }

  #beginEpoch({ site, gateway }: GatewayName, epoch: string): void {
    const name = { site, gateway };
    const before = this.#record(name);
    if (before?.epoch === epoch) return;
    if (before !== undefined) this.#endEpoch(before);
    this.#gateways.set(gatewayKey(name), { name, epoch, last: { evt: 0, tel: 0 } });
  }

  #endEpoch(record: GatewayRecord): void {
    for (const stream of streams) {
      const name = { ...record.name, stream, epoch: record.epoch };
      const holes = missing(this.#ledger(name), record.last[stream]);
      if (holes.length > 0) this.#ended.push({ ledger: name, missing: holes });
    }
  }

  #hearState(name: GatewayName, state: NonNullable<Arrival["state"]>): void {
    this.#beginEpoch(name, state.epoch);
    const record = this.#record(name);
    if (record === undefined) return;
    // A last will was written when the link came up, so its sequences may be behind what was heard since.
    const last = {
      evt: Math.max(record.last.evt, Number(state.sequence)),
      tel: Math.max(record.last.tel, Number(state.telemetry)),
    };
    this.#gateways.set(gatewayKey(name), { ...record, last });
  }
}

/** Rows of one ledger whose sequences follow each other. */
function runsOf(rows: readonly EventRow[]): (readonly [EventRow, ...EventRow[]])[] {
  const runs: [EventRow, ...EventRow[]][] = [];
  let previous: EventRow | undefined;
  for (const row of rows) {
    const follows =
      previous !== undefined && sameLedger(previous, row) && row.sequence === previous.sequence + 1;
    if (follows) runs.at(-1)?.push(row);
    else runs.push([row]);
    previous = row;
  }
  return runs;
}
