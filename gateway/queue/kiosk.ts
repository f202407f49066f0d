import { type FaultCode, faults } from "../../protocols/faults.ts";
import type { Observation } from "../../protocols/readings.ts";
import type { Ticket } from "./line.ts";
import type { Readable, Turn } from "./turn.ts";

/** A ticket as its kiosk shows it, until others have been drawn there. */
export interface KioskTicket {
  readonly ticket: string;
  readonly number: string;
  readonly service: string;
  readonly priorityClass: string;
  /** The press that it came from. */
  readonly reading: string;
  /** `none`: the kiosk has no printer. */
  readonly print: "none" | "printing" | "printed" | "failed" | "in-doubt";
}

/** Tickets that a kiosk still shows: some customers press before the one ahead has read the number. */
const kioskTicketsKept = 4;

const kioskKey = (readPoint: string): string => `kiosk/${readPoint}`;
const printerKey = (device: string): string => `printer/${device}`;

export const kioskTickets = (documents: Readable, readPoint: string): readonly KioskTicket[] =>
  (documents.get(kioskKey(readPoint)) as readonly KioskTicket[] | undefined) ?? [];

/** Why nothing comes out of this printer; undefined where all is well or nothing has been heard yet. */
export const printerTrouble = (documents: Readable, device: string): FaultCode | undefined =>
  documents.get(printerKey(device)) as FaultCode | undefined;

export function noteKioskTicket(turn: Turn, ticket: Ticket, isPrinting: boolean): void {
  const { readPoint, reading } = turn.cause;
  if (reading === undefined || !turn.rules.kiosks.includes(readPoint)) return;
  const { number, service, priorityClass } = ticket;
  const print = isPrinting ? "printing" : "none";
  const shown: KioskTicket = { ticket: ticket.ticket, number, service, priorityClass, reading, print };
  turn.put(kioskKey(readPoint), [...kioskTickets(turn, readPoint), shown].slice(-kioskTicketsKept));
}

/** What became of a ticket's print, for the screen of the kiosk that it was drawn at. */
export function notePrint(turn: Turn, { ticket }: Ticket, outcome: "done" | "failed" | "in-doubt"): void {
  const print = outcome === "done" ? "printed" : outcome;
  for (const kiosk of turn.rules.printers.keys()) {
    const tickets = kioskTickets(turn, kiosk);
    if (!tickets.some((shown) => shown.ticket === ticket)) continue;
    turn.put(
      kioskKey(kiosk),
      tickets.map((shown) => (shown.ticket === ticket ? { ...shown, print } : shown)),
    );
  }
}

/** Follows a kiosk's printer: one alert when it stops printing, and one when it prints again. */
export function watchPrinter(turn: Turn, observation: Observation): void {
  const device = turn.cause.origin;
  const kiosk = [...turn.rules.printers].find(([, printer]) => printer === device)?.[0];
  if (kiosk === undefined) return;
  const before = printerTrouble(turn, device);
  const after = troubleIn(observation, before);
  if (after === before) return;
  turn.put(printerKey(device), after);
  const reason = after ?? before ?? "printer-error";
  const { words, cure } = faults[reason];
  turn.tell({
    type: "storewire.alert.queue",
    ...turn.fact(kiosk),
    data: {
      code: "kiosk-cannot-print",
      cause: `${faults["kiosk-cannot-print"].words}: ${words}`,
      cure: after === undefined ? "" : cure,
      recovered: after === undefined,
      kiosk,
      device,
      reason,
    },
  });
}

type Printer = Extract<Observation, { kind: "printer" }>;

/** In the order in which a human cures them. */
const troubles: readonly (readonly [FaultCode, (status: Printer) => boolean])[] = [
  ["cover-open", ({ cover }) => cover === "open"],
  ["paper-end", ({ paper }) => paper === "end"],
  ["printer-error", ({ error, online }) => error || !online],
];

const lostStates: ReadonlySet<string> = new Set(["absent", "faulted"]);

function troubleIn(observation: Observation, before: FaultCode | undefined): FaultCode | undefined {
  if (observation.kind === "printer") return troubles.find(([, is]) => is(observation))?.[0];
  if (observation.kind !== "health") return before;
  if (lostStates.has(observation.state)) return "device-absent";
  // What else was wrong with it, its own status tells.
  return before === "device-absent" && observation.state === "ready" ? undefined : before;
}
