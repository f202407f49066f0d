import { type Random, seededRandom } from "../../../protocols/random.ts";
import type { QueueAction } from "../../../protocols/readings.ts";

/** Somebody who comes to the store; what they want and how long they take is theirs, whoever calls them when. */
export interface Customer {
  readonly atMs: number;
  readonly service: string;
  readonly priorityClass: string;
  readonly serviceMs: number;
  /** They are gone when they are called. */
  readonly leaves: boolean;
  /** They give their ticket up if they have not been called after so long. */
  readonly patienceMs: number;
  /** The counter finds out that they need another service. */
  readonly sentTo?: string;
}

export interface DayPlan {
  readonly customers: readonly Customer[];
  readonly counters: readonly CounterPlan[];
}

/** When somebody stands at a counter. */
export interface CounterPlan {
  readonly readPoint: string;
  readonly services: readonly string[];
  readonly openMs: number;
  readonly closeMs: number;
  /** A clerk's break, once a day. */
  readonly breakMs: readonly [number, number];
}

export interface DayShape {
  readonly seed: number;
  readonly customers: number;
  readonly hours: number;
  readonly counters: number;
  /** How heavy the day is: the work that comes, as a share of what the counters can do. */
  readonly load: number;
  readonly priorityShare: number;
}

const hourMs = 3_600_000;
const minuteMs = 60_000;
/** How many come in each hour beside an even day: two peaks, at noon and before the evening. */
const busyHours = [0.6, 0.9, 1.25, 1.45, 1.1, 0.75, 0.85, 1.2, 1.3, 0.7] as const;
export const services = ["returns", "advice", "pickup"] as const;
const wanted = [0.5, 0.2, 0.3] as const;
/** How long the services take beside each other. */
const lengths = [1, 1.8, 0.6] as const;
const priorities = ["elderly", "elderly", "pregnant", "disabled"] as const;

/** A day of one seed. */
export function planDay(shape: DayShape): DayPlan {
  const random = seededRandom(shape.seed);
  const { counters: count, hours, customers } = shape;
  const meanLength = lengths.reduce((sum, length, index) => sum + length * (wanted[index] ?? 0), 0);
  const meanMs = (shape.load * count * hours * hourMs) / customers / meanLength;
  return {
    customers: Array.from({ length: customers }, () => drawCustomer(random, shape, meanMs)).sort(
      (left, right) => left.atMs - right.atMs,
    ),
    counters: Array.from({ length: count }, (_, index) => drawCounter(random, index, hours)),
  };
}

function drawCustomer(random: Random, { hours, priorityShare }: DayShape, meanMs: number): Customer {
  const hour = weighted(
    random,
    Array.from({ length: hours }, (_, index) => busyHours[index % 10] ?? 1),
  );
  const kind = weighted(random, wanted);
  const isPriority = random.fraction() < priorityShare;
  // Few take long and many are quick; and in the evening everybody is a little slower.
  const spread = Math.exp(gaussian(random) * 0.6 - 0.18) * (hour > hours * 0.7 ? 1.15 : 0.95);
  return {
    atMs: Math.floor((hour + random.fraction()) * hourMs),
    service: services[kind] ?? "returns",
    priorityClass: isPriority ? (priorities[Math.floor(random.fraction() * 4)] ?? "elderly") : "regular",
    // The rest of what a customer costs is walking, calling and the clerk's breath.
    serviceMs: Math.round(Math.max(15_000, meanMs * (lengths[kind] ?? 1) * spread - 18_000)),
    leaves: random.fraction() < 0.04,
    patienceMs: random.fraction() < 0.05 ? 4 * minuteMs : 24 * hourMs,
    ...(random.fraction() < 0.02 ? { sentTo: services[(kind + 1) % services.length] ?? "returns" } : {}),
  };
}

function drawCounter(random: Random, index: number, hours: number): CounterPlan {
  // Half of the counters do everything, the others have a service that they leave to colleagues.
  const offered =
    index % 2 === 0 ? services : services.filter((_, kind) => kind !== 1 + (index % 4 === 1 ? 0 : 1));
  const breakAt = (3 + random.fraction() * (hours - 5)) * hourMs;
  return {
    readPoint: `counter-${index + 1}`,
    services: offered,
    openMs: index < 3 ? 0 : Math.floor(random.fraction() * 30 * minuteMs),
    closeMs: (hours + 3) * hourMs,
    breakMs: [breakAt, breakAt + (10 + random.fraction() * 15) * minuteMs],
  };
}

function weighted(random: Random, weights: readonly number[]): number {
  let draw = random.fraction() * weights.reduce((sum, weight) => sum + weight, 0);
  for (const [index, weight] of weights.entries()) {
    draw -= weight;
    if (draw < 0) return index;
  }
  return weights.length - 1;
}

function gaussian(random: Random): number {
  return Math.sqrt(-2 * Math.log(1 - random.fraction())) * Math.cos(2 * Math.PI * random.fraction());
}

/** Where the day's people press; what they see of it is what pages show. */
export interface Floor {
  /** Somebody presses, at this time of the day. Answers the ticket that was drawn, if one was. */
  press(readPoint: string, action: QueueAction, atMs: number): Promise<string | undefined>;
  /** Which ticket is at the counter. */
  ticketAt(counter: string): string | undefined;
  /** A second of the store's own time has passed. */
  tick(atMs: number): Promise<void>;
}

interface Due {
  readonly atMs: number;
  readonly deed: () => Promise<void>;
}

/** Plays a day: customers draw, clerks call, serve and finish as clerks do. */
export class StoreDay {
  readonly #plan: DayPlan;
  readonly #floor: Floor;
  readonly #random: Random;
  readonly #customers = new Map<string, Customer>();
  readonly #idle = new Set<string>();
  readonly #sent = new Set<string>();
  /** The latest first; of those at one moment, that which was planned last. */
  readonly #due: Due[] = [];
  /** The time of the deed that runs. */
  #nowMs = 0;

  constructor(plan: DayPlan, floor: Floor, seed: number) {
    this.#plan = plan;
    this.#floor = floor;
    this.#random = seededRandom(seed);
  }

  get customers(): ReadonlyMap<string, Customer> {
    return this.#customers;
  }

  /** Something else that happens at this time. */
  at(atMs: number, deed: () => Promise<void>): void {
    let [from, to] = [0, this.#due.length];
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((this.#due[middle]?.atMs ?? 0) <= atMs) to = middle;
      else from = middle + 1;
    }
    this.#due.splice(from, 0, { atMs, deed });
  }

  /** Until nobody has anything to do any more; time passes in ticks of this length. */
  async play(tickMs: number, untilMs: number): Promise<void> {
    for (const customer of this.#plan.customers) this.at(customer.atMs, () => this.#comes(customer));
    for (const counter of this.#plan.counters) this.#opens(counter);
    for (let nowMs = tickMs; nowMs <= untilMs; nowMs += tickMs) {
      for (let next = this.#due.at(-1); next !== undefined && next.atMs <= nowMs; next = this.#due.at(-1)) {
        this.#due.pop();
        this.#nowMs = next.atMs;
        await next.deed();
      }
      await this.#floor.tick(nowMs);
    }
  }

  async #comes(customer: Customer): Promise<void> {
    const { service, priorityClass } = customer;
    const ticket = await this.#floor.press("kiosk", { kind: "issue", service, priorityClass }, this.#nowMs);
    if (ticket === undefined) return;
    this.#customers.set(ticket, customer);
    const givesUp = async (): Promise<void> => {
      await this.#floor.press("kiosk", { kind: "cancel", ticket }, this.#nowMs);
    };
    if (customer.patienceMs < hourMs) this.at(this.#nowMs + customer.patienceMs, givesUp);
    // A free clerk sees it on the screen.
    const free = this.#plan.counters.find(
      ({ readPoint, services: offered }) => this.#idle.has(readPoint) && offered.includes(service),
    );
    if (free === undefined) return;
    this.#idle.delete(free.readPoint);
    this.#later(2_000, 5_000, () => this.#call(free));
  }

  #opens(counter: CounterPlan): void {
    this.at(counter.openMs, () => this.#call(counter));
  }

  async #call(counter: CounterPlan): Promise<void> {
    const { readPoint, closeMs, breakMs } = counter;
    if (this.#nowMs >= closeMs) return;
    if (this.#nowMs >= breakMs[0] && this.#nowMs < breakMs[1]) {
      await this.#floor.press(readPoint, { kind: "pause" }, this.#nowMs);
      this.at(breakMs[1], () => this.#call(counter));
      return;
    }
    await this.#floor.press(readPoint, { kind: "call-next" }, this.#nowMs);
    const ticket = this.#floor.ticketAt(readPoint);
    const customer = ticket === undefined ? undefined : this.#customers.get(ticket);
    if (customer === undefined) this.#idle.add(readPoint);
    else if (customer.leaves) this.#waitInVain(counter);
    else this.#serve(counter, customer, ticket ?? "");
  }

  #serve(counter: CounterPlan, { serviceMs, sentTo }: Customer, ticket: string): void {
    const press = (action: QueueAction) => this.#floor.press(counter.readPoint, action, this.#nowMs);
    const isSent = sentTo !== undefined && !this.#sent.has(ticket);
    this.#later(5_000, 15_000, async () => {
      await press({ kind: "serve" });
      this.at(this.#nowMs + (isSent ? minuteMs / 2 : serviceMs), async () => {
        if (isSent) this.#sent.add(ticket);
        await press(isSent ? { kind: "transfer", service: sentTo } : { kind: "finish" });
        this.#later(2_000, 6_000, () => this.#call(counter));
      });
    });
  }

  #waitInVain(counter: CounterPlan): void {
    const press = (kind: "recall" | "no-show") => this.#floor.press(counter.readPoint, { kind }, this.#nowMs);
    this.#later(15_000, 25_000, async () => {
      await press("recall");
      this.#later(15_000, 25_000, async () => {
        await press("no-show");
        this.#later(1_000, 3_000, () => this.#call(counter));
      });
    });
  }

  #later(leastMs: number, mostMs: number, deed: () => Promise<void>): void {
    const afterMs = leastMs + Math.floor(this.#random.fraction() * (mostMs - leastMs));
    this.at(this.#nowMs + afterMs, deed);
  }
}
