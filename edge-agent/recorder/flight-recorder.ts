import type { Cancel, Clock } from "../../protocols/clock.ts";
import type { DeviceCommand } from "../../protocols/commands.ts";
import type { RecordedFact } from "../../protocols/recording.ts";
import { toHex } from "../../protocols/stream/bytes.ts";
import type { Connection, Opening, Transport, TransportListener } from "../../protocols/transport.ts";
import { FlightRing, type RingEntry } from "./flight-ring.ts";

/** A handshake and the first rounds: whatever fills the ring later, a replay needs to know how it began. */
export const openingEntriesMax = 64;
export const openingBytesMax = 8_192;

/** Something that happened between a device and us, on the monotonic clock. */
export interface TimedFact {
  readonly timeMs: number;
  readonly fact: RecordedFact;
}

/** How a fact lies in the ring: three kinds are bytes as they came, everything else is its JSON. */
const heard = 0;
const sent = 1;
const feature = 2;
const told = 3;

const utf8 = new TextEncoder();
const fromUtf8 = new TextDecoder();

/**
 * What passed between one device and us lately, always on: it stands between the transport and the driver and
 * remembers bytes, edges, openings and ends, in bounded memory. The newest connection's beginning is kept apart.
 */
export class FlightRecorder {
  readonly #clock: Clock;
  readonly #ring = new FlightRing();
  readonly #listeners = new Set<(fact: TimedFact) => void>();
  #opening: RingEntry[] = [];
  #openingBytes = 0;
  #openingIsWhole = true;
  #lastRefusal: string | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The same transport, listened to. */
  tap(transport: Transport): Transport {
    return { open: (listener) => this.#open(transport, listener) };
  }

  /** A command is about to be given to the driver. */
  command(command: DeviceCommand): void {
    this.#tell({ direction: "out", kind: "command", command });
  }

  /** What is still known, the oldest first; gaps say so themselves. */
  facts(): readonly TimedFact[] {
    const kept = [...this.#ring.entries()];
    const { oldestNumber } = this.#ring;
    const begun = this.#opening.filter(({ number }) => number < oldestNumber);
    const missed = oldestNumber - ((begun.at(-1)?.number ?? -1) + 1);
    const known = (entries: readonly RingEntry[]): readonly TimedFact[] => entries.map(timedFact);
    if (missed === 0) return known([...begun, ...kept]);
    const timeMs = kept[0]?.timeMs ?? this.#clock.monotonicMs();
    const gap: TimedFact = { timeMs, fact: { direction: "in", kind: "gap", entries: missed } };
    return [...known(begun), gap, ...known(kept)];
  }

  /** Told of each fact from now on, until it is cancelled. */
  listen(listener: (fact: TimedFact) => void): Cancel {
    this.#listeners.add(listener);
    return () => {
      this.#listeners.delete(listener);
    };
  }

  async #open(transport: Transport, listener: TransportListener): Promise<Opening> {
    let isOpen = false;
    const begin = (): void => {
      if (isOpen) return;
      isOpen = true;
      this.#begin();
    };
    const opening = await transport.open({
      // A device may speak before the opening is told; what it says belongs behind its beginning.
      bytes: (bytes) => {
        begin();
        this.#put(heard, bytes);
        listener.bytes(bytes);
      },
      edge: (line, active) => {
        begin();
        this.#tell({ direction: "in", kind: "edge", line, active });
        listener.edge(line, active);
      },
      closed: ({ code, detail }) => {
        begin();
        this.#tell({ direction: "in", kind: "closed", fault: code, detail });
        listener.closed({ code, detail });
      },
    });
    if (!opening.ok) {
      this.#refused(opening.fault.code, opening.fault.detail);
      return opening;
    }
    begin();
    return { ok: true, connection: this.#tapped(opening.connection) };
  }

  #tapped(connection: Connection): Connection {
    let isClosed = false;
    return {
      send: (bytes) => {
        this.#put(sent, bytes);
        return connection.send(bytes);
      },
      sendFeature: (bytes) => {
        this.#put(feature, bytes);
        return connection.sendFeature(bytes);
      },
      setLine: (line, active) => {
        this.#tell({ direction: "out", kind: "line", line, active });
        return connection.setLine(line, active);
      },
      close: () => {
        if (!isClosed) this.#tell({ direction: "out", kind: "closed" });
        isClosed = true;
        return connection.close();
      },
    };
  }

  #begin(): void {
    this.#opening = [];
    this.#openingBytes = 0;
    this.#openingIsWhole = false;
    this.#tell({ direction: "in", kind: "opened" });
  }

  /** A device that stays away for a day is one line, not three thousand that push out what it said last. */
  #refused(fault: Extract<RecordedFact, { kind: "refused" }>["fault"], detail: string): void {
    const words = `${fault} ${detail}`;
    if (words === this.#lastRefusal) return;
    this.#tell({ direction: "in", kind: "refused", fault, detail });
    this.#lastRefusal = words;
  }

  #tell(fact: RecordedFact): void {
    this.#put(told, utf8.encode(JSON.stringify(fact)));
  }

  #put(kind: number, bytes: Uint8Array): void {
    const timeMs = this.#clock.monotonicMs();
    const number = this.#ring.nextNumber;
    this.#ring.put(timeMs, kind, bytes);
    this.#lastRefusal = undefined;
    if (!this.#openingIsWhole) this.#keepOpening({ number, timeMs, kind, bytes });
    if (this.#listeners.size > 0) this.#hand(timedFact({ number, timeMs, kind, bytes }));
  }

  #keepOpening(entry: RingEntry): void {
    this.#openingBytes += entry.bytes.length;
    this.#openingIsWhole = this.#opening.length >= openingEntriesMax || this.#openingBytes > openingBytesMax;
    if (!this.#openingIsWhole) this.#opening.push({ ...entry, bytes: entry.bytes.slice() });
  }

  #hand(fact: TimedFact): void {
    for (const listener of this.#listeners) listener(fact);
  }
}

function timedFact({ timeMs, kind, bytes }: RingEntry): TimedFact {
  switch (kind) {
    case heard:
      return { timeMs, fact: { direction: "in", kind: "bytes", hex: toHex(bytes) } };
    case sent:
      return { timeMs, fact: { direction: "out", kind: "bytes", hex: toHex(bytes) } };
    case feature:
      return { timeMs, fact: { direction: "out", kind: "feature", hex: toHex(bytes) } };
    default:
      return { timeMs, fact: JSON.parse(fromUtf8.decode(bytes)) as RecordedFact };
  }
}
