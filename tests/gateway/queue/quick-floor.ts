import { counterStateOf } from "../../../gateway/queue/counter-state.ts";
import type { CallPolicy } from "../../../gateway/queue/policy.ts";
import { queueService } from "../../../gateway/queue/queue-service.ts";
import { queueRules } from "../../../gateway/queue/rules.ts";
import { type TicketStatus, ticketStatus } from "../../../gateway/queue/ticket-status.ts";
import type { ServiceInput, StoreService } from "../../../gateway/service.ts";
import type { Configuration } from "../../../protocols/config/configuration.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import type { QueueAction, Stamp } from "../../../protocols/readings.ts";
import { morningMs, readingsOf, storeConfiguration, testTime } from "../store.ts";
import type { CounterPlan, Floor } from "./store-day.ts";

/** A store with these counters and three services. */
export function dayConfiguration(
  counters: readonly Pick<CounterPlan, "readPoint" | "services">[],
): Configuration {
  return storeConfiguration((site) => {
    site.devices = [];
    site.readPoints = [
      { id: "kiosk", role: "kiosk", extension: "KIOSK" },
      ...counters.map(({ readPoint }) => ({
        id: readPoint,
        role: "counter" as const,
        extension: readPoint.toUpperCase(),
      })),
    ];
    site.queue = {
      services: [
        { id: "returns", prefix: "A", name: "Returns", nameChinese: "退货" },
        { id: "advice", prefix: "B", name: "Advice", nameChinese: "咨询" },
        { id: "pickup", prefix: "C", name: "Pick-up", nameChinese: "取货" },
      ],
      counters: counters.map(({ readPoint, services }) => ({ readPoint, services: [...services] })),
      pressAgainMs: 0,
    };
  });
}

/** The queue's own service with nothing below it: for the many days that figures are made of. */
export class QuickFloor implements Floor {
  readonly documents = new Map<string, unknown>();
  readonly #service: StoreService;
  readonly #rules;
  readonly #time = testTime();
  readonly #reading = readingsOf();
  readonly #told: (event: EventDraft) => void;
  #ids = 0;
  /** When the running day began, on the store's own clock. */
  dayMs = 0;

  constructor(
    configuration: Configuration,
    policy: CallPolicy | undefined,
    told: (event: EventDraft) => void,
  ) {
    this.#service = queueService(configuration, policy);
    this.#rules = queueRules(configuration, policy);
    this.#told = told;
  }

  press(readPoint: string, action: QueueAction, atMs: number): Promise<string | undefined> {
    const observation = { kind: "action", action } as const;
    const reading = this.#reading({ device: "console", readPoint, observation, atMs: this.dayMs + atMs });
    const events = this.#step({ kind: "reading", reading }, atMs);
    const issued = events.find(({ type }) => type === "storewire.queue.ticket.issued");
    return Promise.resolve(issued?.subject);
  }

  ticketAt(counter: string): string | undefined {
    return counterStateOf(this.documents, counter)?.current?.ticket.ticket;
  }

  tick(atMs: number): Promise<void> {
    this.#step({ kind: "tick" }, atMs);
    return Promise.resolve();
  }

  status(ticket: string, atMs: number): TicketStatus {
    return ticketStatus(this.documents, this.#rules, { now: this.#stamp(atMs), time: this.#time }, ticket);
  }

  #stamp(atMs: number): Stamp {
    const sinceMs = this.dayMs + atMs;
    return { wallMs: morningMs + sinceMs, monotonicMs: sinceMs, boot: "boot1", clock: "synced" };
  }

  #step(input: ServiceInput, atMs: number): readonly EventDraft[] {
    const newId = (): string => `ticket-${(this.#ids += 1)}`;
    const context = { now: this.#stamp(atMs), time: this.#time, newId };
    const { changes, events } = this.#service.step(this.documents, input, context);
    for (const { key, value } of changes) {
      if (value === undefined) this.documents.delete(key);
      else this.documents.set(key, value);
    }
    for (const event of events) this.#told(event);
    return events;
  }
}
