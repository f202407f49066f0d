import type { Intake, IntakeInput } from "../../../../gateway/intake.ts";
import { nameOf } from "../../../../gateway/names.ts";
import { MemoryDisk, openMemoryOutbox } from "../../../../outbox/memory-outbox.ts";
import type { Commit, Outbox, StoredEntry } from "../../../../outbox/outbox.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { type Random, seededRandom } from "../../../../protocols/random.ts";
import type { Reading } from "../../../../protocols/readings.ts";
import type { ContinuedCase } from "../../../../protocols/returns/continue-case.ts";
import { ManualClock } from "../../../../simulators/manual-clock.ts";
import { OutboxAround } from "../../outbox-around.ts";
import { silentLog } from "../../store.ts";
import { SiteAgent } from "./site-agent.ts";
import { type Box, knowledgeOf, openSiteGateway } from "./site-gateway.ts";
import type { Seen, SiteKnowledge, StoredRow, WeekSite } from "./week-words.ts";

export const openMemorySite = (configuration: Configuration): Promise<WeekSite> =>
  Promise.resolve(new MemorySite(configuration));

class Killed extends Error {}

/** A site in this process, on a disk in memory. It dies before a commit reached the disk, or after it did and before anybody heard of it. */
class MemorySite implements WeekSite {
  readonly #configuration: Configuration;
  readonly #disk: MemoryDisk;
  readonly #random = seededRandom(11);
  readonly #agent: SiteAgent;
  #rows: StoredRow[] = [];
  #gateway: Intake | undefined;
  #nowMs = 0;
  #bootMs = 0;
  #boots = 1;
  #death: "before" | "after" | undefined;
  deaths = 0;

  constructor(configuration: Configuration) {
    this.#configuration = configuration;
    this.#disk = new MemoryDisk(`epoch-${this.#name.site}`);
    this.#agent = new SiteAgent(this.#name.site);
  }

  die(chance: Random): void {
    this.#death = chance.fraction() < 0.5 ? "before" : "after";
  }

  async see(seen: Seen): Promise<string> {
    const reading = this.#agent.reading(seen, this.#box);
    await this.#take(seen.atMs, [reading], []);
    return reading.id;
  }

  tick(atMs: number): Promise<void> {
    return this.#take(atMs, [], [{ kind: "tick" }]);
  }

  continueCases(atMs: number, cases: readonly ContinuedCase[]): Promise<void> {
    return this.#take(atMs, [], [{ kind: "cases-continued", cases }]);
  }

  hear(): Promise<readonly StoredRow[]> {
    const rows = this.#rows;
    this.#rows = [];
    return Promise.resolve(rows);
  }

  async know(items: readonly string[]): Promise<SiteKnowledge> {
    return knowledgeOf(await this.#running(), items);
  }

  get #name() {
    return nameOf(this.#configuration);
  }

  get #box(): Box {
    return { boot: `${this.#name.site}-boot${this.#boots}`, bootMs: this.#bootMs };
  }

  async #take(atMs: number, readings: readonly Reading[], inputs: readonly IntakeInput[]): Promise<void> {
    this.#nowMs = atMs;
    for (;;) {
      try {
        const gateway = await this.#running();
        await gateway.take(readings, inputs);
        return;
      } catch (error) {
        if (!(error instanceof Killed)) throw error;
        // The process is dead; the next one is told the same again. Every third time the whole box fell.
        this.#gateway = undefined;
        this.deaths += 1;
        if (this.deaths % 3 !== 0) continue;
        this.#boots += 1;
        this.#bootMs = this.#nowMs;
      }
    }
  }

  async #running(): Promise<Intake> {
    if (this.#gateway !== undefined) return this.#gateway;
    const outbox = await openMemoryOutbox({ clock: new ManualClock(), disk: this.#disk });
    this.#gateway = await openSiteGateway({
      configuration: this.#configuration,
      outbox: new MortalOutbox(outbox, {
        death: () => {
          const death = this.#death;
          this.#death = undefined;
          return death;
        },
        told: ({ body }) => this.#rows.push({ ...this.#name, body }),
      }),
      box: this.#box,
      nowMs: () => this.#nowMs,
      random: this.#random,
      log: silentLog,
      committed: () => undefined,
    });
    return this.#gateway;
  }
}

interface Fate {
  /** Asked once for each commit. */
  readonly death: () => "before" | "after" | undefined;
  /** What is on disk is at HQ. */
  readonly told: (entry: StoredEntry) => void;
}

class MortalOutbox extends OutboxAround {
  readonly #fate: Fate;

  constructor(outbox: Outbox, fate: Fate) {
    super(outbox);
    this.#fate = fate;
  }

  override async commit(wanted: Commit): Promise<void> {
    const death = this.#fate.death();
    if (death === "before") throw new Killed("killed");
    const { last } = this.position("evt");
    await super.commit(wanted);
    const limits = { rowsMax: this.position("evt").last - last, bytesMax: Number.MAX_SAFE_INTEGER };
    if (limits.rowsMax > 0)
      for (const entry of await this.nextBatch("evt", last, limits)) this.#fate.told(entry);
    if (death === "after") throw new Killed("killed");
  }
}
