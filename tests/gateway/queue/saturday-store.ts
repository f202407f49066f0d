import { envelopes } from "../../../gateway/envelope.ts";
import { Intake } from "../../../gateway/intake.ts";
import { counterStateOf } from "../../../gateway/queue/counter-state.ts";
import { kioskTickets } from "../../../gateway/queue/kiosk.ts";
import { queueCollection } from "../../../gateway/queue/queue-service.ts";
import type { Documents } from "../../../gateway/service.ts";
import { storeServices } from "../../../gateway/services.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { Cancel, Clock } from "../../../protocols/clock.ts";
import type { DeviceCommand } from "../../../protocols/commands.ts";
import type { Configuration } from "../../../protocols/config/configuration.ts";
import { type Random, seededRandom } from "../../../protocols/random.ts";
import type { Observation, QueueAction, Reading } from "../../../protocols/readings.ts";
import { GatedOutbox } from "../gated-outbox.ts";
import { morningMs, readingsOf, silentLog } from "../store.ts";
import { LengthLedger, type Line } from "./length-ledger.ts";
import type { Floor } from "./store-day.ts";

/** A clock that is put where the day is; what waits for no time goes on at once. */
class DayClock implements Clock {
  nowMs = 0;
  wallMs = (): number => morningMs + this.nowMs;
  monotonicMs = (): number => this.nowMs;
  quality = () => "synced" as const;
  after(delayMs: number, task: () => void): Cancel {
    if (delayMs > 0) return () => undefined;
    const moment = setImmediate(task);
    return () => clearImmediate(moment);
  }
}

/** One finger in so many is impatient, and presses again so soon. */
const impatientShare = 0.06;
const impatientMs = 200;
const printMs = 2_000;

/** A store on a real commit point and outbox, whose power can be cut in the middle of any commit. */
export class SaturdayStore implements Floor {
  readonly lengths = new LengthLedger();
  readonly #configuration: Configuration;
  readonly #clock = new DayClock();
  readonly #disk = new MemoryDisk("saturday");
  readonly #random: Random;
  readonly #reading = readingsOf();
  readonly #sent: Reading[] = [];
  #prints: { readonly command: DeviceCommand; readonly dueMs: number }[] = [];
  #intake: Intake | undefined;
  #outbox: GatedOutbox | undefined;
  hasPaper = true;
  /** The next reading is in a commit that the power is cut in. */
  cutNext = false;
  cuts = 0;
  impatient = 0;

  constructor(configuration: Configuration, seed: number) {
    this.#configuration = configuration;
    this.#random = seededRandom(seed);
  }

  async open(): Promise<void> {
    const [clock, random, boot] = [this.#clock, this.#random, "boot1"];
    this.#outbox = new GatedOutbox(await openMemoryOutbox({ clock, disk: this.#disk }));
    const name = { site: "store-0042", gateway: "gw1" };
    const options = { outbox: this.#outbox, services: storeServices(this.#configuration), holdMsMax: 0 };
    this.#intake = await Intake.open({
      ...options,
      envelope: envelopes({ name, epoch: this.#outbox.epoch, clock, random, boot }),
      clock,
      random,
      boot,
      log: silentLog,
      committed: ({ commands }) => {
        const dueMs = this.#clock.nowMs + printMs;
        this.#prints.push(...commands.map((command) => ({ command, dueMs })));
      },
    });
    // The agent does not know what was taken: it sends its last readings again.
    await this.#intake.accept(this.#sent.slice(-20));
  }

  async press(readPoint: string, action: QueueAction, atMs: number): Promise<string | undefined> {
    const before = this.ticketAt(readPoint);
    const reading = await this.#see("console", readPoint, { kind: "action", action }, atMs);
    const ticket = this.#follow(readPoint, action, { before, reading, atMs });
    const isTwice = action.kind === "issue" || action.kind === "call-next";
    if (isTwice && this.#random.fraction() < impatientShare) {
      this.impatient += 1;
      await this.#see("console", readPoint, { kind: "action", action }, atMs + impatientMs);
    }
    return ticket;
  }

  ticketAt(counter: string): string | undefined {
    return counterStateOf(this.#documents, counter)?.current?.ticket.ticket;
  }

  async tick(atMs: number): Promise<void> {
    this.#clock.nowMs = atMs;
    const due = this.#prints.filter(({ dueMs }) => dueMs <= atMs);
    this.#prints = this.#prints.filter(({ dueMs }) => dueMs > atMs);
    for (const { command } of due) {
      const outcome = this.hasPaper
        ? ({ outcome: "done" } as const)
        : ({ outcome: "failed", fault: "paper-end" } as const);
      await this.#see("printer1", "kiosk", { kind: "answer", command: command.id, ...outcome }, atMs);
    }
    await this.#intake?.take([], [{ kind: "tick" }]);
  }

  async paper(hasPaper: boolean, atMs: number): Promise<void> {
    this.hasPaper = hasPaper;
    const paper = hasPaper ? "ok" : "end";
    await this.#see(
      "printer1",
      "kiosk",
      { kind: "printer", online: true, paper, cover: "closed", error: false },
      atMs,
    );
  }

  /** All that HQ would be sent, in its order. */
  async events(): Promise<readonly HeldEvent[]> {
    const stored = (await this.#outbox?.nextBatch("evt", 0, { rowsMax: 1_000_000, bytesMax: 1e9 })) ?? [];
    return stored.map(({ body }) => JSON.parse(body) as HeldEvent);
  }

  get #documents(): Documents {
    return this.#intake?.documents(queueCollection) ?? new Map();
  }

  async #see(device: string, readPoint: string, observation: Observation, atMs: number): Promise<Reading> {
    this.#clock.nowMs = Math.max(this.#clock.nowMs, atMs);
    const reading = this.#reading({ device, readPoint, observation, atMs });
    this.#sent.push(reading);
    if (this.cutNext) {
      this.cutNext = false;
      this.cuts += 1;
      this.#outbox?.hold();
      this.#intake?.accept([reading]).catch(() => undefined);
      await new Promise((resolve) => setImmediate(resolve));
      await this.open();
    } else await this.#intake?.accept([reading]);
    return reading;
  }

  /** Keeps the truth about lines, from what people see: the kiosk's screen and who stands at a counter. */
  #follow(
    readPoint: string,
    action: QueueAction,
    { before, reading, atMs }: { before: string | undefined; reading: Reading; atMs: number },
  ): string | undefined {
    if (action.kind === "issue") return this.#drawn(action, reading, atMs);
    const after = this.ticketAt(readPoint);
    if (action.kind === "call-next") this.lengths.leaves(after, atMs);
    if (action.kind === "cancel") this.lengths.leaves(action.ticket, atMs);
    if (action.kind === "transfer" && before !== undefined && after === undefined)
      this.lengths.joins(before, sentTo(this.lengths.of(before), action.service), atMs);
    return undefined;
  }

  #drawn(line: Line, { id }: Reading, atMs: number): string | undefined {
    const shown = kioskTickets(this.#documents, "kiosk").find((ticket) => ticket.reading === id);
    if (shown !== undefined) this.lengths.joins(shown.ticket, line, atMs);
    return shown?.ticket;
  }
}

const sentTo = (line: Line, service = line.service): Line => ({ ...line, service });

/** An event as far as the day's checks read it. */
export interface HeldEvent {
  readonly type: string;
  readonly subject: string;
  readonly time: string;
  readonly data: Readonly<Record<string, string | number | boolean>>;
}
