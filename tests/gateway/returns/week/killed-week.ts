import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOf } from "../../../../gateway/names.ts";
import type { Clock } from "../../../../protocols/clock.ts";
import { captureSchema } from "../../../../protocols/config/capture.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { Headquarters } from "./headquarters.ts";
import { openMemorySite } from "./memory-site.ts";
import { type PlayedWeek, playWeek } from "./play-week.ts";
import { type Kills, ProcessSite } from "./process-site.ts";
import { SiteRepository } from "./site-repository.ts";
import { outOfOrder, saidMore, surprises } from "./week-check.ts";
import type { StoredRow } from "./week-words.ts";

export interface KilledWeek {
  readonly week: PlayedWeek;
  /** What is wrong with it; nothing when all promises were kept. */
  readonly findings: readonly string[];
  /** Where the files lie, kept when something was found. */
  readonly directory: string;
  readonly kills: Kills;
  readonly events: number;
  /** Events that HQ was sent once more after a kill, and had. */
  readonly eventsDoubled: number;
  /** Events that a repository was sent once more, and had. */
  readonly capturedAgain: number;
  readonly seconds: number;
}

/** The week with both gateways as real processes, killed at random, beside the week in which nobody dies. */
export async function playKilledWeek(
  { items, kills: count, seed }: { readonly items: number; readonly kills: number; readonly seed: number },
  clock: Clock,
): Promise<KilledWeek> {
  const startedMs = clock.monotonicMs();
  const quiet = await playWeek({ items, openSite: openMemorySite });
  const company = await Company.open(clock);
  let isKept = true;
  try {
    const openSite = (configuration: Configuration) => company.openSite(configuration);
    const week = await playWeek({ items, kills: { count, seed, quiet: quiet.rows }, openSite });
    const rows = await company.headquarters.rows();
    const findings = [...findingsIn({ ...week, rows }, quiet), ...(await company.findings(rows))];
    isKept = findings.length > 0;
    return {
      week,
      findings,
      directory: company.directory,
      kills: company.sites.map(({ site }) => site.kills).reduce(sum),
      events: rows.length,
      eventsDoubled: company.headquarters.doubled,
      capturedAgain: company.sites.reduce((all, { repository }) => all + repository.sentAgain, 0),
      seconds: Math.round((clock.monotonicMs() - startedMs) / 1_000),
    };
  } finally {
    await company.close();
    if (!isKept) rmSync(company.directory, { recursive: true });
  }
}

/** Sites as processes, each with its EPCIS repository, and the HQ that they have in common. */
class Company {
  readonly directory: string;
  readonly headquarters: Headquarters;
  readonly sites: { readonly site: ProcessSite; readonly repository: SiteRepository; readonly id: string }[] =
    [];
  readonly #clock: Clock;

  private constructor(directory: string, headquarters: Headquarters, clock: Clock) {
    this.directory = directory;
    this.headquarters = headquarters;
    this.#clock = clock;
  }

  static async open(clock: Clock): Promise<Company> {
    const directory = mkdtempSync(join(tmpdir(), "storewire-week-"));
    return new Company(directory, await Headquarters.open(join(directory, "hq.db"), clock), clock);
  }

  async openSite(configuration: Configuration): Promise<ProcessSite> {
    const name = nameOf(configuration);
    const id = name.site;
    const folder = join(this.directory, id);
    mkdirSync(folder);
    const repository = await SiteRepository.open();
    const hq = { ...configuration.hq, capture: captureSchema.parse({ url: repository.url }) };
    const configurationFile = join(folder, "configuration.json");
    writeFileSync(configurationFile, JSON.stringify({ ...configuration, hq }));
    const database = join(folder, "outbox.db");
    const { headquarters } = this;
    const site = await ProcessSite.open({
      name,
      configurationFile,
      database,
      headquarters,
      clock: this.#clock,
    });
    this.sites.push({ site, repository, id });
    return site;
  }

  async findings(rows: readonly StoredRow[]): Promise<readonly string[]> {
    const found = this.sites.map(({ repository, id }) =>
      repository.findings(rows.filter(({ site }) => site === id)),
    );
    return (await Promise.all(found)).flat();
  }

  async close(): Promise<void> {
    for (const { site, repository } of this.sites) {
      await site.close();
      await repository.close();
    }
    await this.headquarters.close();
  }
}

function findingsIn(killed: PlayedWeek, quiet: PlayedWeek): readonly string[] {
  return [
    ...surprises(killed),
    ...outOfOrder(killed.rows),
    ...saidMore(quiet.rows, killed.rows).map((words) => `only told when nobody dies: ${words}`),
    ...saidMore(killed.rows, quiet.rows).map((words) => `only told when processes die: ${words}`),
  ];
}

function sum(one: Kills, other: Kills): Kills {
  return {
    kills: one.kills + other.kills,
    reboots: one.reboots + other.reboots,
    duringStart: one.duringStart + other.duringStart,
    withWork: one.withWork + other.withWork,
    withReadings: one.withReadings + other.withReadings,
    withinCommit: one.withinCommit + other.withinCommit,
    readingsSentAgain: one.readingsSentAgain + other.readingsSentAgain,
    readingsRepeated: one.readingsRepeated + other.readingsRepeated,
  };
}
