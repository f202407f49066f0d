import { faults } from "../protocols/faults.ts";
import type { Reading, Stamp } from "../protocols/readings.ts";
import {
  type DeadLetter,
  type Documents,
  momentOf,
  nothing,
  type ServiceOutcome,
  type StepContext,
  type StoreService,
} from "./service.ts";

export const deadLettersCollection = "dead-letter";

/** What is kept of a letter: enough to see what it was, too little to fill a disk. */
export const deadLetterBytesMax = 2_048;

/** A flood of bad messages is one alert, and another one a minute later if it goes on. */
const alertEveryMs = 60_000;

/** A letter in its place in the ring. */
export interface KeptLetter extends DeadLetter {
  readonly number: number;
  readonly time: string;
}

/** How far the ring has come, and how much of it HQ has been told. */
interface Ledger {
  readonly number: number;
  readonly announced: number;
  readonly announcedAt?: Stamp;
}

const ledgerKey = "ledger";
const emptyLedger: Ledger = { number: 0, announced: 0 };

/** Keeps what nobody could use in a ring of `lettersMax`, and tells HQ of it in few words. */
export function deadLetterService(lettersMax: number): StoreService {
  return {
    name: deadLettersCollection,
    step(documents, input, context) {
      const ledger = (documents.get(ledgerKey) as Ledger | undefined) ?? emptyLedger;
      if (input.kind === "dead-letter") return keep(input.letter, ledger, lettersMax, context);
      if (input.kind === "tick") return announce(documents, ledger, lettersMax, context);
      return nothing;
    },
  };
}

/** The letters in the order in which they came. */
export function keptLetters(documents: Documents): readonly KeptLetter[] {
  return [...documents]
    .filter(([key]) => key !== ledgerKey)
    .map(([, letter]) => letter as KeptLetter)
    .sort((left, right) => left.number - right.number);
}

/** The start of a message as a letter keeps it. */
export function contentOf(bytes: Uint8Array): Pick<DeadLetter, "form" | "content" | "byteCount"> {
  const start = bytes.subarray(0, deadLetterBytesMax);
  const byteCount = bytes.length;
  try {
    // `stream` leaves out a character that the cut went through.
    const content = new TextDecoder("utf-8", { fatal: true }).decode(start, { stream: true });
    return { form: "text", content, byteCount };
  } catch {
    return { form: "hex", content: Buffer.from(start).toString("hex"), byteCount };
  }
}

/** A reading that a store service broke on. */
export function letterOfReading(reading: Reading, reason: string): DeadLetter {
  const content = contentOf(Buffer.from(JSON.stringify(reading)));
  return { topic: "reading", client: reading.agent, reason, ...content };
}

function keep(letter: DeadLetter, ledger: Ledger, lettersMax: number, context: StepContext): ServiceOutcome {
  const number = ledger.number + 1;
  const kept: KeptLetter = { ...letter, number, time: new Date(context.now.wallMs).toISOString() };
  const changes = [
    { key: ledgerKey, value: { ...ledger, number } },
    { key: slotKey(number, lettersMax), value: kept },
  ];
  return { ...nothing, changes };
}

function announce(
  documents: Documents,
  ledger: Ledger,
  lettersMax: number,
  { now, time }: StepContext,
): ServiceOutcome {
  const { announcedAt } = ledger;
  const isTooSoon = announcedAt !== undefined && time.elapsedMs(announcedAt, now) < alertEveryMs;
  if (ledger.number === ledger.announced || isTooSoon) return nothing;
  const last = documents.get(slotKey(ledger.number, lettersMax)) as KeptLetter | undefined;
  const announced: Ledger = { number: ledger.number, announced: ledger.number, announcedAt: now };
  const { words, cure } = faults["message-refused"];
  const count = ledger.number - ledger.announced;
  const data = { code: "message-refused", cause: `${words}: ${last?.reason ?? "unknown"}`, cure, count };
  return {
    ...nothing,
    changes: [{ key: ledgerKey, value: announced }],
    events: [
      {
        type: "storewire.alert.gateway",
        subject: "message-refused",
        origin: "broker",
        ...momentOf(now),
        data,
      },
    ],
  };
}

const slotKey = (number: number, lettersMax: number): string => `letter/${number % lettersMax}`;
