import type { Commit, DocumentWrite, Entry } from "../../outbox/outbox.ts";
import { seededRandom } from "../../protocols/random.ts";

/** Which boot of which game; the same place and number plan the same commit, in the guest and on the host. */
export interface Place {
  readonly seed: number;
  readonly boot: number;
}

export type PlannedCommit = Required<Omit<Commit, "forgottenMarks">>;

/** As many as a busy store has on their way at once. */
export const commitsInFlight = 6;
/** Each so many commits HQ confirms what has arrived, but for the newest few. */
const settleEvery = 40;
const unsettledEntries = 9;
/** Return cases that are open at once; each commit writes one or removes one. */
const openCases = 40;
/** Nothing that is settled stays, so that a round deletes too. */
export const outboxLimits = { keepConfirmedBytes: 0 } as const;
/** Counts commits in the store itself, so that it says how far it came. */
export const counter = { collection: "counter", key: "commits" } as const;

/**
 * The commit with this number: what a gateway writes for one or some readings. Every text tells its place, so
 * that no two are alike, and the boot, so that what was lost and is written again is another text.
 */
export function plannedCommit({ seed, boot }: Place, number: number): PlannedCommit {
  const random = seededRandom(seed * 1_000_003 + boot * 100_003 + number);
  const upTo = (most: number): number => 1 + Math.floor(random.fraction() * most);
  const entry = (stream: string, part: number, repeats: number): Entry => ({
    stream,
    category: stream === "tel" ? "device" : "return",
    body: (sequence) =>
      JSON.stringify({
        stream,
        sequence,
        number,
        boot,
        part,
        text: `${boot}.${number}.${part};`.repeat(repeats),
      }),
  });
  const events = Array.from({ length: upTo(5) }, (_, part) => entry("evt", part, upTo(200)));
  const telemetry = random.fraction() < 0.3 ? [entry("tel", 0, upTo(20))] : [];
  return {
    entries: [...events, ...telemetry],
    marks: [{ source: `agent${number % 3}`, epoch: "e", sequence: number }],
    documents: [{ ...counter, value: String(number) }, caseWrite(boot, number, upTo(300))],
  };
}

function caseWrite(boot: number, number: number, repeats: number): DocumentWrite {
  const value = number % 5 === 0 ? undefined : JSON.stringify(`${boot}.${number};`.repeat(repeats));
  return { collection: "case", key: String((number * 7) % openCases), value };
}

/** How far HQ confirms `evt` once this commit is on disk, whose last entry there is `last`. */
export function plannedSettle(number: number, last: number): number | undefined {
  const through = last - unsettledEntries;
  return number % settleEvery === 0 && through > 0 ? through : undefined;
}
