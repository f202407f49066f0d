// A site's gateway as a process of its own: the production commit point with every store service, on the production
// outbox in a file. What comes on stdin plays in the week's time and is acknowledged once it is on disk; the events
// go up as an uplink reads them, and to an EPCIS repository. Somebody will kill it.
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { openCaptureExchange } from "../../../../cli/capture-exchange.ts";
import { openLog } from "../../../../cli/log.ts";
import { systemClock, systemRandom } from "../../../../cli/system.ts";
import { startCapture } from "../../../../gateway/capture/capture.ts";
import type { Intake } from "../../../../gateway/intake.ts";
import type { Commit, Outbox } from "../../../../outbox/outbox.ts";
import { openSqliteOutbox } from "../../../../outbox/sqlite-outbox.ts";
import { configurationSchema } from "../../../../protocols/config/configuration.ts";
import { OutboxAround } from "../../outbox-around.ts";
import { knowledgeOf, openSiteGateway } from "./site-gateway.ts";
import type { LineFromSite, LineToSite, SiteStart, Take } from "./site-lines.ts";

/** An uplink's batch. */
const batch = { rowsMax: 256, bytesMax: 128 * 1024 } as const;

/** A pipe is written synchronously: what was said before the end has been said. */
const say = (line: LineFromSite): void => void process.stdout.write(`${JSON.stringify(line)}\n`);

class ToldCommits extends OutboxAround {
  override async commit(wanted: Commit): Promise<void> {
    say({ kind: "committing" });
    await super.commit(wanted);
    say({ kind: "committed" });
  }
}

class Uplink {
  readonly #outbox: Outbox;
  #sent: number;
  #isReading = false;
  #isWanted = false;

  constructor(outbox: Outbox) {
    this.#outbox = outbox;
    this.#sent = outbox.position("evt").settled;
  }

  stored(): void {
    this.#isWanted = true;
    if (!this.#isReading) void this.#read();
  }

  async #read(): Promise<void> {
    this.#isReading = true;
    while (this.#isWanted) {
      this.#isWanted = false;
      const rows = await this.#outbox.nextBatch("evt", this.#sent, batch);
      const last = rows.at(-1);
      if (last === undefined) continue;
      say({ kind: "told", rows });
      this.#sent = last.sequence;
      this.#isWanted = true;
    }
    this.#isReading = false;
  }
}

class SiteProcess {
  readonly #outbox: Outbox;
  readonly #moment: { nowMs: number };
  readonly #gateway: Intake;
  /** Taken, and not on disk yet. */
  readonly #open = new Set<Promise<void>>();
  #turn: Promise<void> = Promise.resolve();

  constructor(outbox: Outbox, gateway: Intake, moment: { nowMs: number }) {
    this.#outbox = outbox;
    this.#gateway = gateway;
    this.#moment = moment;
  }

  hear(line: LineToSite): void {
    if (line.kind === "heard") this.#orEnd(this.#outbox.settle("evt", line.through));
    else if (line.kind === "know") say({ kind: "known", knowledge: knowledgeOf(this.#gateway, line.items) });
    else {
      this.#turn = this.#turn.then(() => this.#take(line));
      this.#orEnd(this.#turn);
    }
  }

  /** Readings go into commits together, as they come; time passes and HQ speaks once what was before is on disk. */
  async #take({ number, atMs, readings, inputs }: Take): Promise<void> {
    if (inputs.length > 0) await Promise.all(this.#open);
    this.#moment.nowMs = Math.max(this.#moment.nowMs, atMs);
    const taken = this.#gateway.take(readings, inputs).then(() => {
      this.#open.delete(taken);
      const { last } = this.#outbox.position("evt");
      say({ kind: "taken", number, last, repeated: this.#gateway.counts.repeatedReadings });
    });
    this.#open.add(taken);
    this.#orEnd(taken);
    if (inputs.length > 0) await taken;
  }

  #orEnd(work: Promise<void>): void {
    work.catch((error: unknown) => {
      process.stderr.write(`${String(error)}\n`);
      process.exit(1);
    });
  }
}

const start = JSON.parse(process.argv[2] ?? "") as SiteStart;
const { box, database } = start;
const configuration = configurationSchema.parse(JSON.parse(readFileSync(start.configurationFile, "utf8")));
const clock = systemClock();
const log = openLog("warn", "gateway", clock);
// What is at HQ goes at once, unless the repository lacks it.
say({ kind: "opening" });
const limits = { keepConfirmedMs: 0, keepConfirmedBytes: 0 };
const { outbox } = await openSqliteOutbox({ path: database, clock, random: systemRandom, limits });
const moment = { nowMs: box.bootMs };
const uplink = new Uplink(outbox);
const gateway = await openSiteGateway({
  configuration,
  outbox: new ToldCommits(outbox),
  box,
  nowMs: () => moment.nowMs,
  random: systemRandom,
  log,
  committed() {
    uplink.stored();
    capture?.stored();
  },
});
const { capture: repository } = configuration.hq;
const capture = startCapture({
  configuration,
  captureExchange: repository && openCaptureExchange(repository),
  outbox,
  departure: ({ body }) => body,
  tell: (drafts, letters) =>
    gateway.take(
      [],
      [{ kind: "raise", drafts }, ...letters.map((letter) => ({ kind: "dead-letter", letter }) as const)],
    ),
  clock,
  random: systemRandom,
  log,
});
const site = new SiteProcess(outbox, gateway, moment);
createInterface({ input: process.stdin })
  .on("line", (line) => site.hear(JSON.parse(line) as LineToSite))
  .on("close", () => process.exit());
say({ kind: "started" });
uplink.stored();
