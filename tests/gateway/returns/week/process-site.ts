import type { IntakeInput } from "../../../../gateway/intake.ts";
import { type Clock, sleep } from "../../../../protocols/clock.ts";
import type { Random } from "../../../../protocols/random.ts";
import type { Reading } from "../../../../protocols/readings.ts";
import type { ContinuedCase } from "../../../../protocols/returns/continue-case.ts";
import type { GatewayName } from "../../../../protocols/topics.ts";
import { StorewireProcess } from "../../../storewire-process.ts";
import type { Headquarters } from "./headquarters.ts";
import { SiteAgent } from "./site-agent.ts";
import type { Box } from "./site-gateway.ts";
import type { LineFromSite, LineToSite, SiteStart, Take } from "./site-lines.ts";
import type { Seen, SiteKnowledge, StoredRow, WeekSite } from "./week-words.ts";

const program = "tests/gateway/returns/week/site-process.js";

/** So much is on its way to the process at once, so that a kill falls into the middle of work. */
const untakenMost = 48;
/** A kill comes so long after a reading was sent: some commits on a quick disk, one on a slow one. */
const killDelayMsMost = 25;
/** A process that says nothing for so long on the busiest machine is stuck. */
const silenceMsMost = 120_000;

export interface ProcessSiteOptions {
  readonly name: GatewayName;
  readonly configurationFile: string;
  readonly database: string;
  readonly headquarters: Headquarters;
  readonly clock: Clock;
}

/** What the kills of a site have met. */
export interface Kills {
  kills: number;
  /** The machine began anew with the process. */
  reboots: number;
  /** The file was being opened. */
  duringStart: number;
  /** Readings, ticks or cases had been sent and were not acknowledged; and such with readings among them. */
  withWork: number;
  withReadings: number;
  /** A transaction had been handed to SQLite and had not come back. */
  withinCommit: number;
  readingsSentAgain: number;
  /** Of these, were on disk already. */
  readingsRepeated: number;
}

/** A site whose gateway is a real process with its outbox in a real file, killed by real signals. */
export class ProcessSite implements WeekSite {
  readonly kills: Kills = {
    kills: 0,
    reboots: 0,
    duringStart: 0,
    withWork: 0,
    withReadings: 0,
    withinCommit: 0,
    readingsSentAgain: 0,
    readingsRepeated: 0,
  };
  readonly #options: ProcessSiteOptions;
  readonly #agent: SiteAgent;
  /** The agent has a box of its own, which nobody kills. */
  readonly #agentBox: Box;
  #box: Box;
  #process: StorewireProcess | undefined;
  #life: Life = newLife();
  /** Sent or to be sent, and not acknowledged, by number. */
  readonly #untaken = new Map<number, Take>();
  #numbered = 0;
  #atMs = 0;
  /** The newest event that the gateway has on disk, and HQ. */
  #last = 0;
  #heard = 0;
  #rows: StoredRow[] = [];
  #receiving: Promise<void> = Promise.resolve();
  #dying: Promise<void> = Promise.resolve();
  #isDying = 0;
  #knowledge: SiteKnowledge | undefined;
  #failure: Error | undefined;
  #changed: () => void = () => undefined;

  private constructor(options: ProcessSiteOptions) {
    const { site } = options.name;
    this.#options = options;
    this.#agent = new SiteAgent(site);
    this.#agentBox = { boot: `${site}-agent`, bootMs: 0 };
    this.#box = { boot: `${site}-boot1`, bootMs: 0 };
  }

  static async open(options: ProcessSiteOptions): Promise<ProcessSite> {
    const site = new ProcessSite(options);
    await site.#start();
    return site;
  }

  get deaths(): number {
    return this.kills.kills;
  }

  async see(seen: Seen): Promise<string> {
    const reading = this.#agent.reading(seen, this.#agentBox);
    await this.#take(seen.atMs, [reading], []);
    return reading.id;
  }

  tick(atMs: number): Promise<void> {
    return this.#take(atMs, [], [{ kind: "tick" }]);
  }

  continueCases(atMs: number, cases: readonly ContinuedCase[]): Promise<void> {
    return this.#take(atMs, [], [{ kind: "cases-continued", cases }]);
  }

  die(chance: Random): void {
    const delayMs = chance.fraction() * killDelayMsMost;
    const reboots = chance.fraction() < 1 / 3;
    // Now and then the next process dies in its start as well.
    const againMs = chance.fraction() < 1 / 5 ? chance.fraction() * killDelayMsMost : undefined;
    this.#isDying += 1;
    this.#dying = this.#dying
      .then(() => sleep(this.#options.clock, delayMs))
      .then(() => this.#kill(reboots))
      .then(() => (againMs === undefined ? undefined : this.#killInStart(againMs)))
      .then(() => this.#start())
      .catch((error: unknown) => this.#fail(error))
      .finally(() => {
        this.#isDying -= 1;
        this.#changed();
      });
  }

  async hear(): Promise<readonly StoredRow[]> {
    await this.#until(
      "all is on disk here and at HQ",
      () => this.#untaken.size === 0 && this.#isDying === 0 && this.#heard >= this.#last,
    );
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  /** Begins anew first, so that all of it is known from the file. */
  async know(items: readonly string[]): Promise<SiteKnowledge> {
    await this.hear();
    await this.#end();
    await this.#start();
    this.#say({ kind: "know", items });
    await this.#until("the site says what it knows", () => this.#knowledge !== undefined);
    return this.#knowledge ?? { states: [], documents: 0 };
  }

  async close(): Promise<void> {
    await this.#dying;
    await this.#end();
    await this.#receiving;
  }

  async #take(atMs: number, readings: readonly Reading[], inputs: readonly IntakeInput[]): Promise<void> {
    await this.#until("there is room for more", () => this.#untaken.size < untakenMost);
    this.#atMs = Math.max(this.#atMs, atMs);
    this.#numbered += 1;
    const take: Take = { kind: "take", number: this.#numbered, atMs, readings, inputs };
    this.#untaken.set(take.number, take);
    if (this.#life.isStarted) this.#say(take);
  }

  async #start(): Promise<void> {
    const life = this.#spawn();
    await this.#until("the process has started", () => life.isStarted);
  }

  #spawn(): Life {
    const { configurationFile, database } = this.#options;
    const start: SiteStart = { configurationFile, database, box: this.#box };
    const life = newLife();
    this.#life = life;
    const process = new StorewireProcess([JSON.stringify(start)], {
      program,
      onLine: (line) => this.#hearLine(life, line),
    });
    this.#process = process;
    void process.exit().then(() => {
      if (!life.isKilled && this.#process === process) this.#fail("the process ended by itself");
    });
    return life;
  }

  async #end(): Promise<void> {
    this.#life.isKilled = true;
    await this.#process?.kill();
  }

  async #kill(reboots: boolean): Promise<void> {
    const life = this.#life;
    await this.#end();
    const sent = life.isStarted ? [...this.#untaken.values()] : [];
    const readings = sent.flatMap((take) => take.readings).length;
    this.kills.kills += 1;
    this.kills.duringStart += life.isStarted ? 0 : 1;
    this.kills.withWork += sent.length > 0 ? 1 : 0;
    this.kills.withReadings += readings > 0 ? 1 : 0;
    this.kills.withinCommit += life.isCommitting ? 1 : 0;
    this.kills.readingsSentAgain += readings;
    if (reboots) this.#reboot();
  }

  async #killInStart(delayMs: number): Promise<void> {
    const life = this.#spawn();
    await this.#until("the file is being opened", () => life.isOpening);
    await sleep(this.#options.clock, delayMs);
    await this.#kill(false);
  }

  /** The machine is back at the moment that the process before it had reached. */
  #reboot(): void {
    this.kills.reboots += 1;
    const [next] = this.#untaken.values();
    const { site } = this.#options.name;
    this.#box = { boot: `${site}-boot${this.kills.reboots + 1}`, bootMs: next?.atMs ?? this.#atMs };
  }

  /** What nobody acknowledged is sent again, as a spool sends it; and HQ's watermark, as a broker keeps it. */
  #started(life: Life): void {
    life.isStarted = true;
    if (this.#heard > 0) this.#say({ kind: "heard", through: this.#heard });
    for (const take of this.#untaken.values()) this.#say(take);
  }

  #say(line: LineToSite): void {
    this.#process?.tell(JSON.stringify(line));
  }

  #hearLine(life: Life, text: string): void {
    const line = lineIn(text);
    if (line === undefined) {
      if (!life.isKilled) this.#fail(`half a line: ${text}`);
    } else if (line.kind === "opening") life.isOpening = true;
    else if (line.kind === "started") this.#started(life);
    else if (line.kind === "committing") life.isCommitting = true;
    else if (line.kind === "committed") life.isCommitting = false;
    else if (line.kind === "known") this.#knowledge = line.knowledge;
    else if (line.kind === "told") this.#receive(line);
    else {
      this.#untaken.delete(line.number);
      this.#last = Math.max(this.#last, line.last);
      this.kills.readingsRepeated += line.repeated - life.repeated;
      life.repeated = line.repeated;
    }
    this.#changed();
  }

  #receive({ rows }: Extract<LineFromSite, { kind: "told" }>): void {
    const { name, headquarters } = this.#options;
    this.#receiving = this.#receiving
      .then(async () => {
        const through = await headquarters.receive(name, rows);
        const fresh = rows.filter(({ sequence }) => sequence > this.#heard);
        for (const { body } of fresh) this.#rows.push({ ...name, body });
        this.#heard = Math.max(this.#heard, through);
        if (this.#life.isStarted) this.#say({ kind: "heard", through });
        this.#changed();
      })
      .catch((error: unknown) => this.#fail(error));
  }

  async #until(what: string, condition: () => boolean): Promise<void> {
    while (!condition()) {
      if (this.#failure !== undefined) throw this.#failure;
      await this.#change(what);
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** One line more, or a complaint after a long silence. */
  #change(what: string): Promise<void> {
    return new Promise((resolve) => {
      const { clock } = this.#options;
      const before = this.#changed;
      const cancel = clock.after(silenceMsMost, () => this.#fail(`waited in vain until ${what}`));
      this.#changed = () => {
        cancel();
        this.#changed = () => undefined;
        before();
        resolve();
      };
    });
  }

  #fail(error: unknown): void {
    const words = `${this.#options.name.site}: ${String(error)}\n${this.#process?.said() ?? ""}`;
    this.#failure ??= new Error(words);
    this.#changed();
  }
}

/** From one start of the process to its end. */
interface Life {
  isOpening: boolean;
  isStarted: boolean;
  isKilled: boolean;
  isCommitting: boolean;
  repeated: number;
}

const newLife = (): Life => ({
  isOpening: false,
  isStarted: false,
  isKilled: false,
  isCommitting: false,
  repeated: 0,
});

/** Undefined for half a line, which a kill in the middle of a word leaves. */
function lineIn(text: string): LineFromSite | undefined {
  try {
    return JSON.parse(text) as LineFromSite;
  } catch {
    return undefined;
  }
}
