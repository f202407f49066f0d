import type { Watermark } from "../protocols/events.ts";
import { type GatewayName, type Stream, streams } from "../protocols/topics.ts";
import type { Delivery, EventRow } from "./event-store.ts";
import {
  canHold,
  emptyLedger,
  eventsIn,
  islandsInAllMax,
  islandsMax,
  islandsScarceMax,
  type Ledger,
  type LedgerName,
  ledgerKey,
  missing,
  noteHeld,
  type Range,
  sameLedger,
  unheld,
} from "./ledger.ts";
import type { Arrival } from "./reception.ts";

/** What headquarters knows of one gateway beside its ledgers. */
export interface GatewayRecord {
  readonly name: GatewayName;
  /** The epoch that the watermark is about; older ones are over, whatever they lack. */
  readonly epoch: string;
  /** Where the epoch stands among the gateway's epochs; 0 where the gateway has not told. */
  readonly ordinal: number;
  /** As the gateway or its last will said; who has said nothing may be there. */
  readonly online: boolean;
  readonly standing: Readonly<Record<Stream, Standing>>;
}

/** What the gateway says of one stream under its newest epoch; 0 where it has said nothing. */
export interface Standing {
  /** The last sequence that it has given out. */
  readonly last: number;
  /** What it has heard us confirm: up to here it sends nothing again unless it is asked. */
  readonly heard: number;
  /** Up to here what we lack is on its way. */
  readonly draining: number;
}

const saidNothing: Standing = { last: 0, heard: 0, draining: 0 };
const unheard = { evt: saidNothing, tel: saidNothing } as const;

const gatewayKey = ({ site, gateway }: GatewayName): string => `${site}/${gateway}`;

/** All that headquarters holds, in memory; the store has the same on disk. */
export interface Holdings {
  readonly ledgers: ReadonlyMap<string, Ledger>;
  readonly gateways: ReadonlyMap<string, GatewayRecord>;
  /** Of all ledgers together. */
  readonly islands: number;
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
  /** Streams of which the gateway heard us confirm more than we hold: our database was put back. */
  readonly forgotten: readonly {
    readonly ledger: LedgerName;
    readonly heard: number;
    readonly held: number;
  }[];
}

/** Holdings as they were stored; the epoch that was seen last is the newest until the gateway says otherwise. */
export function holdingsOf(ledgers: readonly Ledger[]): Holdings {
  const gateways = new Map<string, GatewayRecord>();
  for (const { site, gateway, epoch } of ledgers) {
    const name = { site, gateway };
    gateways.set(gatewayKey(name), { name, epoch, ordinal: 0, online: true, standing: unheard });
  }
  const islands = ledgers.reduce((sum, { beyond }) => sum + beyond.length, 0);
  return { ledgers: new Map(ledgers.map((ledger) => [ledgerKey(ledger), ledger])), gateways, islands };
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
  islands: number;

  constructor(holdings: Holdings) {
    this.ledgers = new Map(holdings.ledgers);
    this.gateways = new Map(holdings.gateways);
    this.islands = holdings.islands;
  }

  accept(plan: Plan): void {
    for (const ledger of plan.delivery.ledgers) {
      const key = ledgerKey(ledger);
      this.islands += ledger.beyond.length - (this.ledgers.get(key)?.beyond.length ?? 0);
      this.ledgers.set(key, ledger);
    }
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
    ...(record.ordinal === 0 ? {} : { epochOrdinal: record.ordinal }),
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
  readonly #forgotten: Plan["forgotten"][number][] = [];
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
      forgotten: this.#forgotten,
    };
  }

  /** Takes what of the run is new; live events and a backlog behind them come in any order. */
  #takeRun(run: readonly [EventRow, ...EventRow[]]): void {
    const [first] = run;
    this.#beginUnknownEpoch(first);
    const offered = { from: first.sequence, to: first.sequence + run.length - 1 };
    const pieces = unheld(this.#ledger(first), offered);
    this.#doubled += run.length - eventsIn(pieces);
    for (const piece of pieces) {
      if (!this.#note(first, piece)) this.#postponed += eventsIn([piece]);
      else
        for (let index = piece.from; index <= piece.to; index += 1)
          this.#events.push(run[index - offered.from] ?? first);
    }
  }

  /** False when the ledger has no room for it. */
  #note(name: LedgerName, range: Range): boolean {
    const ledger = this.#ledger(name);
    const most = this.#holdings.islands > islandsInAllMax ? islandsScarceMax : islandsMax;
    if (!canHold(ledger, range, most)) return false;
    this.#ledgers.set(ledgerKey(name), noteHeld(ledger, range));
    return true;
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

  /**
   * An epoch of which nothing was ever seen is the newest, for a gateway makes a new one only with a new file;
   * but one that numbers its epochs says itself which is.
   */
  #beginUnknownEpoch(name: LedgerName): void {
    if ((this.#record(name)?.ordinal ?? 0) > 0) return;
    const known = streams.some((stream) => this.#knownLedger({ ...name, stream }) !== undefined);
    if (!known) this.#beginEpoch(name, name.epoch, 0);
  }

  #beginEpoch({ site, gateway }: GatewayName, epoch: string, ordinal: number): void {
    const name = { site, gateway };
    const before = this.#record(name);
    if (before?.epoch === epoch) return;
    if (before !== undefined) this.#endEpoch(before);
    this.#gateways.set(gatewayKey(name), { name, epoch, ordinal, online: true, standing: unheard });
  }

  #endEpoch(record: GatewayRecord): void {
    for (const stream of streams) {
      const name = { ...record.name, stream, epoch: record.epoch };
      const holes = missing(this.#ledger(name), record.standing[stream].last);
      if (holes.length > 0) this.#ended.push({ ledger: name, missing: holes });
    }
  }

  #hearState(name: GatewayName, state: NonNullable<Arrival["state"]>): void {
    const ordinal = state.epochOrdinal ?? 0;
    const known = this.#record(name);
    // Not above the newest: a late message of an older epoch. A gateway that is new hears it and rises above.
    const late = known !== undefined && ordinal > 0 && ordinal <= known.ordinal;
    if (late && known.epoch !== state.epoch) return;
    this.#beginEpoch(name, state.epoch, ordinal);
    const record = this.#record(name);
    if (record === undefined) return;
    const standing = {
      evt: this.#standing(record, "evt", standingIn(state, "sequence")),
      tel: this.#standing(record, "tel", standingIn(state, "telemetry")),
    };
    const told = { online: state.online, ordinal: Math.max(record.ordinal, ordinal), standing };
    this.#gateways.set(gatewayKey(name), { ...record, ...told });
  }

  /** A last will was written when the link came up, so its positions may be behind what was heard since. */
  #standing(record: GatewayRecord, stream: Stream, told: Standing): Standing {
    const before = record.standing[stream];
    const ledger = this.#ledger({ ...record.name, stream, epoch: record.epoch });
    if (told.heard > ledger.contiguous && told.heard > before.heard) {
      const { site, gateway, epoch } = ledger;
      const name = { site, gateway, stream, epoch };
      this.#forgotten.push({ ledger: name, heard: told.heard, held: ledger.contiguous });
    }
    const last = Math.max(before.last, told.last);
    return { last, heard: Math.max(before.heard, told.heard), draining: told.draining };
  }
}

function standingIn(state: NonNullable<Arrival["state"]>, word: "sequence" | "telemetry"): Standing {
  const { watermark, draining } = state;
  return {
    last: Number(state[word]),
    heard: Number(watermark?.[word] ?? 0),
    draining: Number(draining?.[word] ?? 0),
  };
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
