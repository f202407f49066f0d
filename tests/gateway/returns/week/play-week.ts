import { continuedCase } from "../../../../hq/items/case-forwarder.ts";
import { ItemBook } from "../../../../hq/items/item-book.ts";
import { itemEventOf } from "../../../../hq/items/item-event.ts";
import { defaultTransitRules } from "../../../../hq/items/transit-rules.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { type Random, seededRandom } from "../../../../protocols/random.ts";
import type { Observation } from "../../../../protocols/readings.ts";
import { commandText } from "../../../../protocols/returns/command-codes.ts";
import { renamingOf } from "../../../../protocols/returns/renaming.ts";
import { scanned } from "../../store.ts";
import { command, everyPost, thing, tote } from "../returns-bench.ts";
import { toldIn } from "./week-check.ts";
import { classCode, handInOf, planWeek } from "./week-plan.ts";
import {
  type Deed,
  dayMs,
  type Expectation,
  hourMs,
  minuteMs,
  type StoredRow,
  startMs,
  type WeekSite,
} from "./week-words.ts";

const depotGln = "9521321000773";

function siteOf(id: string, gln: string, returns: Configuration["returns"]): Configuration {
  const whole = everyPost();
  return { ...whole, site: { ...whole.site, id, gln }, returns };
}

/** Deaths of processes at moments that chance picks. */
export interface Deaths {
  readonly count: number;
  readonly seed: number;
  /** What is told when nobody dies: a third of the deaths come when an alert is due, the others when something is seen. */
  readonly quiet: readonly StoredRow[];
}

export interface WeekOptions {
  readonly items: number;
  readonly kills?: Deaths;
  readonly openSite: (configuration: Configuration) => Promise<WeekSite>;
}

export interface PlayedWeek {
  readonly rows: readonly StoredRow[];
  readonly expected: readonly Expectation[];
  readonly names: readonly string[];
  /** What each item is called; goods without a serial number after the label that they got. */
  readonly uris: readonly string[];
  /** What each item was called before that. */
  readonly formerly: readonly (readonly string[])[];
  readonly states: readonly { readonly store: string; readonly depot: string }[];
  readonly deaths: number;
  readonly book: ItemBook;
  readonly documents: number;
}

const weekDays = 7;
/** The last call back of the week is due a week after it. */
const endMs = 17 * dayMs;

/** A week of one store and one depot, and ten days in which nothing is handed in any more. */
export async function playWeek({ items, kills, openSite }: WeekOptions): Promise<PlayedWeek> {
  const { deeds, expected, names } = planWeek(items);
  const { returns } = everyPost({ shipTo: depotGln });
  const sites = {
    store: await openSite(siteOf("store", "9521321000018", returns)),
    depot: await openSite(siteOf("depot", depotGln, returns)),
  };
  const week = new Week(sites, items);
  const all = [...deeds, ...evenings(), ...ticks(items)].sort((left, right) => left.atMs - right.atMs);
  const random = seededRandom(kills?.seed ?? 0);
  const dying = kills === undefined ? new Set<number>() : deathsAmong(all, kills, random);
  for (const [place, deed] of all.entries()) {
    if (dying.has(place)) sites[deed.site].die(random);
    await week.play(deed);
  }
  await week.hear(endMs);
  const { uris, formerly, rows, book } = week;
  const [store, depot] = await Promise.all([sites.store.know(uris), sites.depot.know(uris)]);
  const states = uris.map((_, item) => ({
    store: store.states[item] ?? "",
    depot: depot.states[item] ?? "",
  }));
  const documents = store.documents + depot.documents;
  const deaths = sites.store.deaths + sites.depot.deaths;
  return { rows, expected, names, uris, formerly, states, deaths, book, documents };
}

type Moment = Omit<Deed, "observation" | "item"> & {
  readonly observation?: Deed["observation"];
  readonly item?: number;
};

/** The places of moments at which a process is to die. */
function deathsAmong(moments: readonly Moment[], { count, quiet }: Deaths, random: Random): Set<number> {
  const seen = moments.flatMap(({ observation }, place) => (observation === undefined ? [] : [place]));
  const due = toldIn(quiet)
    .filter(({ type }) => type === "storewire.alert.return")
    .map(({ site, time }) => {
      const dueMs = Date.parse(time) - startMs;
      return moments.findIndex((moment) => moment.site === site && moment.atMs >= dueMs);
    });
  const pick = (places: readonly number[]) => places[Math.floor(random.fraction() * places.length)] ?? 0;
  const dying = new Set<number>();
  // Not more than there are moments, whoever asks.
  for (let tries = 0; dying.size < count && tries < 10 * count; tries += 1)
    dying.add(pick(random.fraction() < 1 / 3 ? due : seen));
  return dying;
}

/** The tote of each day: packed in the evening, unpacked the next morning. */
function evenings(): readonly Moment[] {
  return Array.from({ length: weekDays }, (_, day): readonly Moment[] => {
    const at = (hours: number) => day * dayMs + hours * hourMs;
    return [
      { atMs: at(11) - 1_000, site: "store", place: "packing", observation: tote.code },
      { atMs: at(11.3), site: "store", place: "packing", observation: command("done") },
      { atMs: at(11.5), site: "store", place: "dock-out", observation: tote.tag },
      { atMs: at(24), site: "depot", place: "dock-in", observation: tote.tag },
      { atMs: at(24.5) - 1_000, site: "depot", place: "unpacking", observation: tote.code },
      { atMs: at(24.55), site: "depot", place: "unpacking", observation: command("done") },
    ];
  }).flat();
}

/** Twenty seconds apart on the days on which items are handed in, while the store is open, else ten minutes. */
function ticks(items: number): readonly Moment[] {
  const moments: Moment[] = [];
  const busyDays = Math.floor(handInOf(items - 1) / dayMs) + 1;
  for (let atMs = 0; atMs < endMs; ) {
    for (const site of ["store", "depot"] as const) moments.push({ atMs, site, place: "" });
    const isOpen = atMs < busyDays * dayMs && atMs % dayMs < 12 * hourMs;
    atMs += isOpen ? 20_000 : 10 * minuteMs;
  }
  return moments;
}

interface NamingEvent {
  readonly type: string;
  readonly subject: string;
  readonly reading?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** HQ and the sites listen to each other so often at least. */
const hearEveryMs = hourMs;

/** What gives an item another label than it had. */
const newLabels = new Set([
  classCode,
  commandText("refurbished"),
  commandText("relabel"),
  commandText("undo"),
]);

class Week {
  readonly rows: StoredRow[] = [];
  readonly book = new ItemBook();
  readonly uris: string[];
  readonly formerly: string[][];
  readonly #sites: Readonly<Record<Deed["site"], WeekSite>>;
  #heardMs = 0;
  /** Items whose label nobody can read before it is printed. */
  readonly #unprinted = new Set<number>();
  /** Which item a hand-in without serial number is, by its reading. */
  readonly #handIns = new Map<string, number>();

  constructor(sites: Readonly<Record<Deed["site"], WeekSite>>, items: number) {
    this.#sites = sites;
    this.formerly = Array.from({ length: items }, () => []);
    this.uris = Array.from({ length: items }, (_, item) => thing(item + 1).uri);
  }

  async play({ atMs, site, place, observation, item = 0 }: Moment): Promise<void> {
    const isLabel = observation === "label";
    if ((isLabel && this.#unprinted.has(item)) || atMs - this.#heardMs >= hearEveryMs) await this.hear(atMs);
    const at = this.#sites[site];
    if (observation === undefined) return at.tick(atMs);
    const seen = isLabel ? scanned(this.uris[item] ?? "", "]Q1") : observation;
    this.#noteLabel(item, seen, await at.see({ atMs, place, observation: seen }));
  }

  #noteLabel(item: number, seen: Observation, reading: string): void {
    if (seen.kind !== "scan" || !newLabels.has(seen.text)) return;
    this.#unprinted.add(item);
    if (seen.text === classCode) this.#handIns.set(reading, item);
  }

  /** What is on disk goes to HQ, which tells the depot of what is on its way. */
  async hear(atMs: number): Promise<void> {
    this.#heardMs = atMs;
    for (const site of ["store", "depot"] as const)
      for (const row of await this.#sites[site].hear()) {
        this.rows.push(row);
        this.#learnLabel(row.body);
        const event = itemEventOf(row);
        const seen = event === undefined ? [] : this.book.see(event);
        const gone = event?.type === "storewire.return.shipped" ? seen : [];
        const cases = gone.flatMap((view) => continuedCase(view, defaultTransitRules) ?? []);
        if (cases.length > 0) await this.#sites.depot.continueCases(atMs, cases);
      }
  }

  #learnLabel(body: string): void {
    if (!body.includes('"bizStep":"commissioning"')) return;
    const event = JSON.parse(body) as NamingEvent;
    const { type, subject, reading = "", data } = event;
    const renaming = renamingOf(data);
    if (renaming === undefined) return this.#call(this.#handIns.get(reading), subject);
    const isBack = type === "storewire.return.withdrawn";
    const item = this.uris.indexOf(isBack ? renaming.to : renaming.from);
    this.#call(item, isBack ? renaming.from : renaming.to);
  }

  #call(item: number | undefined, uri: string): void {
    const before = this.uris[item ?? -1];
    if (item === undefined || before === undefined) return;
    this.formerly[item]?.push(before);
    this.uris[item] = uri;
    this.#unprinted.delete(item);
  }
}
