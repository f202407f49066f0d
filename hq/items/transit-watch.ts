import type { Clock } from "../../protocols/clock.ts";
import { categoryOf, dataSchemaOf, type StorewireEvent } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import { newId } from "../../protocols/identity.ts";
import { present } from "../../protocols/present.ts";
import type { Random } from "../../protocols/random.ts";
import { deadlineRules } from "../../protocols/returns/deadlines.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import type { EventRow, EventStore } from "../event-store.ts";
import type { Ledger, LedgerName } from "../ledger.ts";
import type { ItemTable } from "./item-table.ts";
import type { ItemView } from "./item-view.ts";
import { type Due, duesBy, type TransitRules } from "./transit-rules.ts";

/** Who HQ itself is among those that tell: its alerts are events like any gateway's, in the same store. */
export const headquartersName: GatewayName = { site: "headquarters", gateway: "receiver" };

/** Items told of in one look; the others follow a second later. */
const dueAtOnceMax = 256;
const type = "storewire.alert.return";

export interface WatchOptions {
  readonly store: EventStore;
  readonly table: ItemTable;
  readonly rules: TransitRules;
  readonly clock: Clock;
  readonly random: Random;
}

/** Tells what is due of items that no site watches: stored with all other events, and by that told once. */
export class TransitWatch {
  readonly #options: WatchOptions;
  /** Of our own alerts; read anew after a failure, for nobody knows then what was stored. */
  #ledger: Ledger | undefined;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  /** Everything that was due by then; answers how many alerts were stored. Views change as their events are followed. */
  async look(nowMs: number): Promise<number> {
    const { store, table, rules } = this.#options;
    const views = await table.due(nowMs, dueAtOnceMax);
    const told = views.flatMap((view) => duesBy(view, rules, nowMs).map((due) => alertOf(view, due)));
    if (told.length === 0) return 0;
    const before = this.#ledger ?? (await this.#ownLedger());
    this.#ledger = undefined;
    const events = told.map((alert, index) => this.#row(alert, before, before.contiguous + 1 + index));
    const after = { ...before, contiguous: before.contiguous + told.length };
    await store.store({ events, ledgers: [after], deadLetters: [] });
    this.#ledger = after;
    return told.length;
  }

  async #ownLedger(): Promise<Ledger> {
    const { store, clock, random } = this.#options;
    const { site, gateway } = headquartersName;
    const own = (await store.ledgers()).filter((each) => each.site === site && each.gateway === gateway);
    const epoch = newId(clock, random);
    return own.at(-1) ?? { site, gateway, stream: "evt", epoch, contiguous: 0, beyond: [] };
  }

  #row({ item, ...facts }: Alert, ledger: LedgerName, sequence: number): EventRow {
    const { clock, random } = this.#options;
    const { site, gateway, stream, epoch } = ledger;
    const event: StorewireEvent = {
      specversion: "1.0",
      id: newId(clock, random),
      source: `/${site}/${gateway}/items`,
      type,
      subject: item,
      time: new Date(clock.wallMs()).toISOString(),
      datacontenttype: "application/json",
      dataschema: dataSchemaOf(type),
      gateway,
      epoch,
      sequence: String(sequence),
      clock: clock.quality(),
      data: { ...facts, item },
    };
    return {
      site,
      gateway,
      stream,
      epoch,
      sequence,
      category: categoryOf(type),
      body: JSON.stringify(event),
    };
  }
}

interface Alert {
  readonly item: string;
  readonly code: string;
  readonly cause: string;
  readonly cure: string;
  readonly [more: string]: unknown;
}

/** Which case, what is wrong, why, and what to do; where it was last, and where it was sent. */
function alertOf(view: ItemView, due: Due): Alert {
  const { item, case: id, left, container, site, gateway, clerk } = view;
  const where = { from: `${site}/${gateway}`, destination: left?.to, container, clerk, case: id };
  const common = { item, ...present(where) };
  const sent = left === undefined ? "" : `sent on its way at ${iso(left.atMs)}`;
  if (due.kind === "not-arrived") {
    const { words, cure } = faults["return-not-arrived"];
    return { ...common, code: "return-not-arrived", cause: `${words}: ${sent} by ${where.from}`, cure };
  }
  const { name, isMissed, dueMs } = due;
  const code = isMissed ? "return-deadline-missed" : "return-deadline-near";
  const { words, cure } = deadlineRules[name];
  const cause = `${faults[code].words}: ${words}, due at ${iso(dueMs)}; the item is ${view.step}, ${sent}`;
  return { ...common, code, cause, cure, deadline: name };
}

const iso = (timeMs: number): string => new Date(timeMs).toISOString();
