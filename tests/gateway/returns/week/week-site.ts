import { pino } from "pino";
import { envelopes } from "../../../../gateway/envelope.ts";
import { Intake } from "../../../../gateway/intake.ts";
import { caseOf } from "../../../../gateway/returns/return-case.ts";
import { returnsCollection, returnsService } from "../../../../gateway/returns/returns-service.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../../outbox/memory-outbox.ts";
import type { Commit, Outbox } from "../../../../outbox/outbox.ts";
import type { Clock } from "../../../../protocols/clock.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { type Random, seededRandom } from "../../../../protocols/random.ts";
import type { Observation, Reading } from "../../../../protocols/readings.ts";
import type { ContinuedCase } from "../../../../protocols/returns/continue-case.ts";
import { type StoredRow, startMs } from "./week-words.ts";

type Inputs = Parameters<Intake["take"]>[1];

class Killed extends Error {}

/** Where the process dies: before its commit reached the disk, or after it did and before anybody heard of it. */
export type Death = "before" | "after";

/**
 * One site's commit point with its returns service, as in production, on a disk in memory. It can die at any commit;
 * what was not acknowledged is sent again, as agents and HQ do.
 */
export class WeekSite {
  readonly name: string;
  readonly rows: StoredRow[] = [];
  readonly #configuration: Configuration;
  readonly #disk: MemoryDisk;
  readonly #random = seededRandom(11);
  /** Readings have the same ids however often the process dies. */
  readonly #observing: Random;
  #intake: Intake | undefined;
  #nowMs = 0;
  #bootMs = 0;
  #boots = 1;
  #sequence = 0;
  #death: Death | undefined;
  deaths = 0;

  constructor(name: string, configuration: Configuration) {
    this.name = name;
    this.#configuration = configuration;
    this.#disk = new MemoryDisk(`epoch-${name}`);
    this.#observing = seededRandom(name === "store" ? 21 : 22);
  }

  /** The next commit is the last of this process; with `reboot` the machine starts anew as well. */
  dieAtNextCommit(death: Death): void {
    this.#death = death;
  }

  at(nowMs: number): void {
    this.#nowMs = nowMs;
  }

  async see(readPoint: string, observation: Observation): Promise<string> {
    this.#sequence += 1;
    const hex = Buffer.from(this.#observing.bytes(6)).toString("hex");
    const id = `01900000-0000-7000-8000-${hex}`;
    const reading: Reading = {
      id,
      agent: "agent1",
      epoch: `agent-epoch-${this.name}`,
      sequence: this.#sequence,
      device: `device-${readPoint}`,
      readPoint,
      at: {
        wallMs: startMs + this.#nowMs,
        monotonicMs: this.#nowMs - this.#bootMs,
        boot: this.#boot,
        clock: "synced",
      },
      observation,
    };
    await this.#take([reading], []);
    return id;
  }

  tick(): Promise<void> {
    return this.#take([], [{ kind: "tick" }]);
  }

  continueCases(cases: readonly ContinuedCase[]): Promise<void> {
    return this.#take([], [{ kind: "cases-continued", cases }]);
  }

  /** The step of the open case, or `closed`. */
  async stateOf(item: string): Promise<string> {
    const open = caseOf((await this.#running()).documents(returnsCollection), item);
    return open === undefined || open.ended === true ? "closed" : open.step;
  }

  async documents(): Promise<number> {
    return (await this.#running()).documents(returnsCollection).size;
  }

  get #boot(): string {
    return `${this.name}-boot${this.#boots}`;
  }

  async #take(readings: readonly Reading[], inputs: Inputs): Promise<void> {
    for (;;) {
      try {
        const intake = await this.#running();
        await intake.take(readings, inputs);
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        // The process is dead; the next one is told the same again. Every third time the whole box fell.
        this.#intake = undefined;
        this.deaths += 1;
        if (this.deaths % 3 !== 0) continue;
        this.#boots += 1;
        this.#bootMs = this.#nowMs;
      }
    }
  }

  async #running(): Promise<Intake> {
    if (this.#intake !== undefined) return this.#intake;
    const clock = this.#clock();
    const outbox = this.#mortal(await openMemoryOutbox({ clock, disk: this.#disk }));
    const { site, gateway } = this.#configuration;
    const name = { site: site.id, gateway: gateway.id };
    this.#intake = await Intake.open({
      outbox,
      services: [returnsService(this.#configuration)],
      envelope: envelopes({ name, epoch: outbox.epoch, clock, random: this.#random, boot: this.#boot }),
      clock,
      random: this.#random,
      boot: this.#boot,
      holdMsMax: 0,
      log: pino({ level: "silent" }),
      committed: () => undefined,
    });
    return this.#intake;
  }

  #clock(): Clock {
    const bootMs = this.#bootMs;
    return {
      wallMs: () => startMs + this.#nowMs,
      monotonicMs: () => this.#nowMs - bootMs,
      quality: () => "synced",
      // A moment passes by itself; nobody waits for more than that here.
      after(delayMs, task) {
        if (delayMs > 0) return () => undefined;
        const moment = setImmediate(task);
        return () => clearImmediate(moment);
      },
    };
  }

  /** An outbox that dies as it was told, and hands on what is on disk. */
  #mortal(outbox: Outbox): Outbox {
    const commit = async (wanted: Commit): Promise<void> => {
      const death = this.#death;
      this.#death = undefined;
      if (death === "before") throw new Killed("killed");
      const told: string[] = [];
      const entries = (wanted.entries ?? []).map((entry) => ({
        ...entry,
        body: (sequence: number) => {
          const body = entry.body(sequence);
          told.push(body);
          return body;
        },
      }));
      await outbox.commit({ ...wanted, entries });
      for (const body of told) this.rows.push({ site: this.name, gateway: "gw1", body });
      if (death === "after") throw new Killed("killed");
    };
    return {
      epoch: outbox.epoch,
      commit,
      gather: () => undefined,
      hurry: () => outbox.hurry(),
      measured: (bytes) => outbox.measured(bytes),
      setRoom: (room) => outbox.setRoom(room),
      reusableBytes: () => outbox.reusableBytes(),
      nextBatch: (stream, after, limits) => outbox.nextBatch(stream, after, limits),
      settle: (stream, through) => outbox.settle(stream, through),
      position: (stream) => outbox.position(stream),
      keepAfter: (...given) => outbox.keepAfter(...given),
      keptAfter: (...given) => outbox.keptAfter(...given),
      documents: (collection) => outbox.documents(collection),
      marks: () => outbox.marks(),
      statistics: () => outbox.statistics(),
      close: () => outbox.close(),
    };
  }
}
