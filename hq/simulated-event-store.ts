import type { GatewayName } from "../protocols/topics.ts";
import type { DeadLetter, Delivery, EventRow, EventStore, StoredEvent } from "./event-store.ts";
import { type Ledger, type LedgerName, ledgerKey } from "./ledger.ts";

/** How headquarters' disk behaves now; asked once for each delivery. */
export interface StoreMoods {
  /** From the call until it is durable; a receiver that dies before may have stored it or not. */
  storeMs(): number;
  /** The disk refuses this delivery, with these words. */
  failure(): string | undefined;
}

/** Told of each event that is stored, at that moment; and of each that was there already. */
export interface StoreWitness {
  stored(event: EventRow, database: HeadquartersDatabase): void;
}

interface Image {
  readonly events: StoredEvent[];
  readonly places: Set<string>;
  readonly ledgers: Map<string, Ledger>;
  readonly deadLetters: DeadLetter[];
}

export interface HeadquartersDatabaseOptions {
  readonly after: (delayMs: number, run: () => void) => void;
  readonly moods: StoreMoods;
  readonly witness?: StoreWitness;
}

/** Who uses it: nothing of a dead process is carried out, and nothing is told to it. */
export interface StoreUser {
  passes(): boolean;
}

const deadLettersMax = 1_000;
const placeOf = (event: LedgerName & { readonly sequence: number }): string =>
  `${ledgerKey(event)}/${event.sequence}`;

/** What headquarters has on its disk, in a simulation: the rules of the tables, one transaction at a time. */
export class HeadquartersDatabase {
  readonly #options: HeadquartersDatabaseOptions;
  #image: Image = { events: [], places: new Set(), ledgers: new Map(), deadLetters: [] };

  constructor(options: HeadquartersDatabaseOptions) {
    this.#options = options;
  }

  get events(): readonly StoredEvent[] {
    return this.#image.events;
  }

  ledger(name: LedgerName): Ledger | undefined {
    return this.#image.ledgers.get(ledgerKey(name));
  }

  ledgers(): readonly Ledger[] {
    return [...this.#image.ledgers.values()];
  }

  get deadLetters(): readonly DeadLetter[] {
    return this.#image.deadLetters;
  }

  /** A backup as it is made each night. */
  copy(): Image {
    const { events, places, ledgers, deadLetters } = this.#image;
    return {
      events: [...events],
      places: new Set(places),
      ledgers: new Map(ledgers),
      deadLetters: [...deadLetters],
    };
  }

  putBack(copy: Image): void {
    this.#image = copy;
  }

  open(user: StoreUser): EventStore {
    return new SimulatedEventStore(this, user);
  }

  store(delivery: Delivery, user: StoreUser): Promise<{ readonly stored: number; readonly doubled: number }> {
    if (!user.passes()) return new Promise(() => {});
    const { after, moods } = this.#options;
    const failure = moods.failure();
    return new Promise((resolve, reject) => {
      after(moods.storeMs(), () => {
        if (!user.passes()) return;
        if (failure !== undefined) return reject(new Error(failure));
        const stored = this.#apply(delivery);
        // It may die here: stored, and nobody was told.
        if (user.passes()) resolve({ stored, doubled: delivery.events.length - stored });
      });
    });
  }

  #apply(delivery: Delivery): number {
    const { events, places, ledgers, deadLetters } = this.#image;
    const before = events.length;
    for (const event of delivery.events) {
      const place = placeOf(event);
      if (places.has(place)) continue;
      places.add(place);
      events.push({ ...event, arrival: events.length + 1 });
      this.#options.witness?.stored(event, this);
    }
    for (const ledger of delivery.ledgers) ledgers.set(ledgerKey(ledger), ledger);
    deadLetters.push(...delivery.deadLetters);
    deadLetters.splice(0, Math.max(0, deadLetters.length - deadLettersMax));
    return events.length - before;
  }
}

class SimulatedEventStore implements EventStore {
  readonly #database: HeadquartersDatabase;
  readonly #user: StoreUser;

  constructor(database: HeadquartersDatabase, user: StoreUser) {
    this.#database = database;
    this.#user = user;
  }

  store(delivery: Delivery): Promise<{ readonly stored: number; readonly doubled: number }> {
    return this.#database.store(delivery, this.#user);
  }

  ledgers(): Promise<readonly Ledger[]> {
    return Promise.resolve(this.#database.ledgers());
  }

  count(): Promise<number> {
    return Promise.resolve(this.#database.events.length);
  }

  events(after: number, rowsMax: number): Promise<readonly StoredEvent[]> {
    return Promise.resolve(this.#database.events.slice(after, after + rowsMax));
  }

  eventsOf({ site, gateway }: GatewayName, rowsMax: number): Promise<readonly StoredEvent[]> {
    const own = this.#database.events.filter((event) => event.site === site && event.gateway === gateway);
    const inOrder = own.sort((left, right) =>
      ledgerKey(left) === ledgerKey(right)
        ? left.sequence - right.sequence
        : ledgerKey(left) < ledgerKey(right)
          ? -1
          : 1,
    );
    return Promise.resolve(inOrder.slice(0, rowsMax));
  }

  deadLetters(rowsMax: number): Promise<readonly DeadLetter[]> {
    return Promise.resolve(this.#database.deadLetters.slice(-rowsMax).reverse());
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
