import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { nameOf } from "../../../../gateway/names.ts";
import type { Clock } from "../../../../protocols/clock.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { Headquarters } from "./headquarters.ts";
import { openMemorySite } from "./memory-site.ts";
import { type PlayedWeek, playWeek } from "./play-week.ts";
import { type Kills, ProcessSite } from "./process-site.ts";
import { outOfOrder, saidMore, surprises } from "./week-check.ts";

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
  readonly seconds: number;
}

/** The week with both gateways as real processes, killed at random, beside the week in which nobody dies. */
export async function playKilledWeek(
  options: { readonly items: number; readonly kills: number; readonly seed: number },
  clock: Clock,
): Promise<KilledWeek> {
  const startedMs = clock.monotonicMs();
  const { items, kills: count, seed } = options;
  const quiet = await playWeek({ items, openSite: openMemorySite });
  const directory = mkdtempSync(join(tmpdir(), "storewire-week-"));
  const headquarters = await Headquarters.open(join(directory, "hq.db"), clock);
  const sites: ProcessSite[] = [];
  let isKept = true;
  const openSite = async (configuration: Configuration): Promise<ProcessSite> => {
    const name = nameOf(configuration);
    const folder = join(directory, name.site);
    mkdirSync(folder);
    const configurationFile = join(folder, "configuration.json");
    writeFileSync(configurationFile, JSON.stringify(configuration));
    const database = join(folder, "outbox.db");
    const site = await ProcessSite.open({ name, configurationFile, database, headquarters, clock });
    sites.push(site);
    return site;
  };
  try {
    const week = await playWeek({ items, kills: { count, seed, quiet: quiet.rows }, openSite });
    const rows = await headquarters.rows();
    const findings = findingsIn({ ...week, rows }, quiet);
    isKept = findings.length > 0;
    const seconds = Math.round((clock.monotonicMs() - startedMs) / 1_000);
    const kills = sites.map((site) => site.kills).reduce(sum);
    const { doubled: eventsDoubled } = headquarters;
    return { week, findings, directory, kills, events: rows.length, eventsDoubled, seconds };
  } finally {
    await Promise.all(sites.map((site) => site.close()));
    await headquarters.close();
    if (!isKept) rmSync(directory, { recursive: true });
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
    withWork: one.withWork + other.withWork,
    withReadings: one.withReadings + other.withReadings,
    withinCommit: one.withinCommit + other.withinCommit,
    readingsSentAgain: one.readingsSentAgain + other.readingsSentAgain,
    readingsRepeated: one.readingsRepeated + other.readingsRepeated,
  };
}
