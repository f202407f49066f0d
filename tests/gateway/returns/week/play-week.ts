import { continuedCase } from "../../../../hq/items/case-forwarder.ts";
import { ItemBook } from "../../../../hq/items/item-book.ts";
import type { Configuration } from "../../../../protocols/config/configuration.ts";
import { seededRandom } from "../../../../protocols/random.ts";
import { renamingOf } from "../../../../protocols/returns/renaming.ts";
import { scanned } from "../../store.ts";
import { command, everyPost, thing, tote } from "../returns-bench.ts";
import { planWeek } from "./week-plan.ts";
import { WeekSite } from "./week-site.ts";
import { type Deed, dayMs, type Expectation, hourMs, minuteMs, type StoredRow } from "./week-words.ts";

const depotGln = "9521321000773";

function siteOf(id: string, gln: string, returns: Configuration["returns"]): Configuration {
  const whole = everyPost();
  return { ...whole, site: { ...whole.site, id, gln }, returns };
}

export interface WeekOptions {
  readonly items: number;
  /** Deaths of processes, at commits that chance picks. */
  readonly kills: number;
  readonly seed: number;
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
export async function playWeek({ items, kills, seed }: WeekOptions): Promise<PlayedWeek> {
  const { deeds, expected, names } = planWeek(items);
  const { returns } = everyPost({ shipTo: depotGln });
  const sites = {
    store: new WeekSite("store", siteOf("store", "9521321000018", returns)),
    depot: new WeekSite("depot", siteOf("depot", depotGln, returns)),
  };
  const week = new Week(sites, items);
  const all = [...deeds, ...evenings(), ...ticks()].sort((left, right) => left.atMs - right.atMs);
  const random = seededRandom(seed);
  const seen = all.flatMap(({ observation }, place) => (observation === undefined ? [] : [place]));
  const dying = new Set(
    Array.from({ length: kills }, () => seen[Math.floor(random.fraction() * seen.length)]),
  );
  for (const [place, deed] of all.entries()) {
    if (dying.has(place)) sites[deed.site].dieAtNextCommit(random.fraction() < 0.5 ? "before" : "after");
    await week.play(deed);
  }
  const states = await Promise.all(
    week.uris.map(async (uri) => ({
      store: await sites.store.stateOf(uri),
      depot: await sites.depot.stateOf(uri),
    })),
  );
  const documents = (await sites.store.documents()) + (await sites.depot.documents());
  const deaths = sites.store.deaths + sites.depot.deaths;
  return {
    rows: week.rows,
    expected,
    names,
    uris: week.uris,
    formerly: week.formerly,
    states,
    deaths,
    book: week.book,
    documents,
  };
}

type Moment = Omit<Deed, "observation" | "item"> & {
  readonly observation?: Deed["observation"];
  readonly item?: number;
};

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

/** Twenty seconds apart while the store is open, five minutes apart otherwise. */
function ticks(): readonly Moment[] {
  const moments: Moment[] = [];
  for (let atMs = 0; atMs < endMs; ) {
    for (const site of ["store", "depot"] as const) moments.push({ atMs, site, place: "" });
    const isOpen = atMs < weekDays * dayMs && atMs % dayMs < 12 * hourMs;
    atMs += isOpen ? 20_000 : 5 * minuteMs;
  }
  return moments;
}

interface NamingEvent {
  readonly type: string;
  readonly subject: string;
  readonly reading?: string;
  readonly data: Readonly<Record<string, unknown>>;
}

class Week {
  readonly rows: StoredRow[] = [];
  readonly book = new ItemBook();
  readonly uris: string[];
  readonly formerly: string[][];
  readonly #sites: Readonly<Record<Deed["site"], WeekSite>>;
  readonly #read = { store: 0, depot: 0 };
  /** Which item a hand-in without serial number is, by its reading. */
  readonly #handIns = new Map<string, number>();

  constructor(sites: Readonly<Record<Deed["site"], WeekSite>>, items: number) {
    this.#sites = sites;
    this.formerly = Array.from({ length: items }, () => []);
    this.uris = Array.from({ length: items }, (_, item) => thing(item + 1).uri);
  }

  async play({ atMs, site, place, observation, item }: Moment): Promise<void> {
    const at = this.#sites[site];
    at.at(atMs);
    if (observation === undefined) await at.tick();
    else {
      const seen = observation === "label" ? scanned(this.uris[item ?? 0] ?? "", "]Q1") : observation;
      const reading = await at.see(place, seen);
      if (seen.kind === "scan" && seen.aim === "]E0" && item !== undefined) this.#handIns.set(reading, item);
    }
    await this.#hear(site);
  }

  /** What is on disk goes to HQ, which tells the depot of what is on its way. */
  async #hear(site: Deed["site"]): Promise<void> {
    const { rows } = this.#sites[site];
    for (const row of rows.slice(this.#read[site])) {
      this.#read[site] += 1;
      this.rows.push(row);
      this.#learnLabel(row.body);
      const category = row.body.includes('"type":"storewire.return.') ? "return" : "alert";
      const departure = this.book.see({ ...row, category });
      const cases = departure?.views.flatMap((view) => continuedCase(view) ?? []) ?? [];
      if (cases.length === 0) continue;
      this.#sites.depot.at(
        Date.parse((JSON.parse(row.body) as { time: string }).time) - Date.UTC(2026, 0, 5, 7),
      );
      await this.#sites.depot.continueCases(cases);
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
  }
}
