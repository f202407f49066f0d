import type { PrintElement } from "../../protocols/commands.ts";
import type { LocalTime } from "../local-time.ts";
import type { Ticket } from "./line.ts";
import type { ExpectedWait } from "./pace.ts";
import type { Turn } from "./turn.ts";

/** Prints that may wait for their answer; the oldest is no longer told of when more come. */
export const printsMax = 256;

const ledgerKey = "prints";
/** Prints `oldest` up to, not including, `next` may still be answered. */
interface PrintLedger {
  readonly oldest: number;
  readonly next: number;
}

interface Print {
  readonly command: string;
  readonly ticket: Ticket;
}

const printKey = (place: number): string => `print/${place}`;

/** Orders a ticket's print and remembers it, so that the answer can be told of. */
export function orderPrint(
  turn: Turn,
  ticket: Ticket,
  device: string,
  elements: readonly PrintElement[],
): void {
  const { oldest, next } = (turn.get(ledgerKey) as PrintLedger | undefined) ?? { oldest: 0, next: 0 };
  // The place travels in the id, so that the answer finds its print without a search.
  const id = `print.${next}.${ticket.ticket}`;
  const print: Print = { command: id, ticket };
  const full = next - oldest >= printsMax;
  turn.order({ id, device, task: { kind: "print", elements: [...elements] } });
  turn.put(printKey(next), print);
  turn.put(ledgerKey, { oldest: full ? oldest + 1 : oldest, next: next + 1 });
  if (full) turn.put(printKey(oldest), undefined);
}

/** The ticket that this command was to print, which is forgotten with it. */
export function answeredPrint(turn: Turn, command: string): Ticket | undefined {
  const place = /^print\.(\d+)\./.exec(command)?.[1];
  if (place === undefined) return undefined;
  const key = printKey(Number(place));
  const print = turn.get(key) as Print | undefined;
  if (print?.command !== command) return undefined;
  turn.put(key, undefined);
  return print.ticket;
}

export interface TicketWords {
  readonly name: string;
  readonly nameChinese: string;
  readonly siteName: string;
  readonly waitingBefore: number;
  /** Undefined where no counter is open for it. */
  readonly expected: ExpectedWait | undefined;
  /** Undefined where nobody knows the time. */
  readonly issued: LocalTime | undefined;
  /** The ticket's own page. */
  readonly statusUrl: string | undefined;
}

/** The paper ticket: what it is for, the number to listen for, how many are ahead, and when it was drawn. */
export function ticketElements(number: string, words: TicketWords): readonly PrintElement[] {
  const line = (content: string, size = 1, bold = false): PrintElement => ({
    kind: "text",
    content,
    size,
    align: "center",
    bold,
  });
  return [
    line(words.siteName),
    line(words.nameChinese, 2),
    line(words.name),
    { kind: "feed", lines: 1 },
    line(number, 6, true),
    { kind: "feed", lines: 1 },
    line(`前面等候 Waiting before you: ${words.waitingBefore}`),
    ...(words.expected === undefined ? [] : [line(waitWords(words.expected))]),
    line("请留意叫号 Please wait for your number"),
    ...(words.statusUrl === undefined
      ? []
      : [{ kind: "qr", content: words.statusUrl, size: 6 } as const, line("扫码看进度 Scan to follow")]),
    ...(words.issued === undefined ? [] : [line(`${words.issued.day} ${words.issued.time}`)]),
    { kind: "feed", lines: 3 },
    { kind: "cut" },
  ];
}

/** `预计等候 Expected wait: 5-12 min`; below a minute nobody counts. */
function waitWords({ lowMs, highMs }: ExpectedWait): string {
  const [low, high] = [Math.floor(lowMs / 60_000), Math.ceil(highMs / 60_000)];
  return `预计等候 Expected wait: ${low === high ? low : `${low}-${Math.max(high, 1)}`} 分钟 min`;
}
