import { type CallPolicy } from "../../../gateway/queue/policy.ts";
import { queueService } from "../../../gateway/queue/queue-service.ts";
import { type QueueView, queueView } from "../../../gateway/queue/queue-view.ts";
import { queueRules } from "../../../gateway/queue/rules.ts";
import { type TicketStatus, ticketStatus } from "../../../gateway/queue/ticket-status.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import type { Observation, QueueAction, Stamp } from "../../../protocols/readings.ts";
import { morningMs, readingsOf, stepper, storeConfiguration, testTime } from "../store.ts";

type SiteChange = Parameters<typeof storeConfiguration>[0];

export interface Told {
  readonly events: readonly EventDraft[];
  readonly commands: readonly DeviceCommand[];
}

/** A waiting area whose clock stands until it is turned. */
export class WaitingArea {
  readonly documents: Map<string, unknown>;
  readonly #rules;
  readonly #store;
  readonly #reading = readingsOf();
  readonly #time = testTime();
  atMs = 0;

  constructor(change?: SiteChange, policy?: CallPolicy) {
    const configuration = storeConfiguration(change);
    this.#rules = queueRules(configuration, policy);
    this.#store = stepper(queueService(configuration, policy));
    this.documents = this.#store.documents;
  }

  get now(): Stamp {
    return { wallMs: morningMs + this.atMs, monotonicMs: this.atMs, boot: "boot1", clock: "synced" };
  }

  see(device: string, readPoint: string, observation: Observation): Told {
    const reading = this.#reading({ device, readPoint, observation, atMs: this.atMs });
    return this.#store.step({ kind: "reading", reading }, this.now);
  }

  /** What somebody decides on a page at this read point. */
  decide(readPoint: string, action: QueueAction): readonly string[] {
    return words(this.see("console", readPoint, { kind: "action", action }).events);
  }

  issue(service = "returns", priorityClass = "regular"): string {
    const { events } = this.see("console", "kiosk", {
      kind: "action",
      action: { kind: "issue", service, priorityClass },
    });
    const issued = events.find(({ type }) => type === "storewire.queue.ticket.issued");
    return issued?.subject ?? "none";
  }

  /** Seconds pass, each with its tick. */
  pass(seconds: number): readonly EventDraft[] {
    const told: EventDraft[] = [];
    for (let second = 0; second < seconds; second += 1) {
      this.atMs += 1_000;
      told.push(...this.#store.step({ kind: "tick" }, this.now).events);
    }
    return told;
  }

  get view(): QueueView {
    return queueView(this.documents, this.#rules, { now: this.now, time: this.#time });
  }

  status(ticket: string): TicketStatus {
    return ticketStatus(this.documents, this.#rules, { now: this.now, time: this.#time }, ticket);
  }
}

/** Events in short: `called A-001`, `length returns/regular 1 (0-2)`. */
export function words(events: readonly EventDraft[]): readonly string[] {
  return events.map((event) => {
    const name = event.type.replace(/^storewire\.(queue\.ticket\.|queue\.|alert\.)/, "");
    const data = event.data as Readonly<Record<string, unknown>>;
    if (event.type === "storewire.queue.length") {
      return `${name} ${event.subject} ${String(data["waiting"])} (${String(data["least"])}-${String(data["most"])})`;
    }
    const more = ["number", "counter", "state", "code", "reason", "recovered"].filter(
      (field) => data[field] !== undefined && !(field === "counter" && name !== "counter.state"),
    );
    return [name, ...more.map((field) => String(data[field]))].join(" ");
  });
}
