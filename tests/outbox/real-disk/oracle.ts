import type { GroupedOutbox } from "../../../outbox/grouped-outbox.ts";
import { openSqliteOutbox } from "../../../outbox/sqlite-outbox.ts";
import { seededRandom } from "../../../protocols/random.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import type { Ledger, Offer } from "./game.ts";

const plenty = { rowsMax: 10_000, bytesMax: 100_000_000 };

interface Text {
  readonly epoch: string;
  readonly sequence: string;
  readonly commit?: number;
  readonly attempt?: number;
  readonly part?: string;
}

interface Stored {
  readonly stream: string;
  readonly sequence: number;
  readonly body: string;
  readonly text: Text;
}

/** Opens the file on a disk that works and says everything about it that breaks a promise. */
export async function judge(path: string, ledger: Ledger): Promise<readonly string[]> {
  const problems: string[] = [...ledger.surprises];
  try {
    const { outbox } = await openSqliteOutbox({ path, clock: new ManualClock(), random: seededRandom(99) });
    problems.push(...(await problemsOf(outbox, ledger)));
    await outbox.commit({ entries: [{ stream: "evt", category: "return", body: () => "one more" }] });
    await outbox.close();
  } catch (error) {
    problems.push(`not usable: ${String(error)}`);
  }
  return problems;
}

async function problemsOf(outbox: GroupedOutbox, ledger: Ledger): Promise<readonly string[]> {
  const stored: Stored[] = [];
  for (const stream of ["evt", "tel"]) {
    for (const { sequence, body } of await outbox.nextBatch(stream, 0, plenty))
      stored.push({ stream, sequence, body, text: JSON.parse(body) as Text });
  }
  return [
    ...placeProblems(outbox, stored),
    ...handedOutProblems(outbox.epoch, stored, ledger),
    ...offerProblems(stored, ledger),
    ...(await stateProblems(outbox, stored, ledger)),
  ];
}

/** Numbered without a hole up to the last, and each text knows its place. */
function placeProblems(outbox: GroupedOutbox, stored: readonly Stored[]): readonly string[] {
  const problems: string[] = [];
  for (const stream of ["evt", "tel"]) {
    const { last, settled } = outbox.position(stream);
    const sequences = stored.filter((each) => each.stream === stream).map(({ sequence }) => sequence);
    const first = last - sequences.length + 1;
    const gapless = sequences.every((sequence, index) => sequence === first + index);
    if (!gapless || first > settled + 1)
      problems.push(`${stream} has ${sequences.join(",")} of ${last}, settled ${settled}`);
  }
  for (const { stream, sequence, text } of stored) {
    if (text.epoch !== outbox.epoch || text.sequence !== String(sequence))
      problems.push(`${stream} ${sequence} says that it is ${text.epoch} ${text.sequence}`);
  }
  return problems;
}

function handedOutProblems(epoch: string, stored: readonly Stored[], ledger: Ledger): readonly string[] {
  return stored.flatMap(({ stream, sequence, body }) => {
    const before = ledger.handedOut.get(`${epoch} ${stream} ${sequence}`);
    return before === undefined || before === body
      ? []
      : [`${stream} ${sequence} was handed out with another text`];
  });
}

/** What was acknowledged is there once and whole; of anything else all or nothing. */
function offerProblems(stored: readonly Stored[], ledger: Ledger): readonly string[] {
  const problems: string[] = [];
  const byCommit = new Map<number, Offer[]>();
  for (const offer of ledger.offers)
    byCommit.set(offer.commit, [...(byCommit.get(offer.commit) ?? []), offer]);
  for (const [commit, offers] of byCommit) {
    const done = offers.find(({ outcome }) => outcome === "done");
    const parts = stored.filter(({ text }) => text.commit === commit);
    const attempts = new Set(parts.map(({ text }) => text.attempt));
    if (attempts.size > 1) problems.push(`commit ${commit} is there ${attempts.size} times`);
    const offer = offers.find(({ attempt }) => attempts.has(attempt)) ?? done;
    if (offer === undefined) continue;
    if (done !== undefined && offer !== done) problems.push(`commit ${commit} is there as it was refused`);
    problems.push(...missing(offer, parts, ledger));
  }
  return problems;
}

/** Settled entries may have been removed, and old telemetry given up. */
function missing({ commit, places }: Offer, parts: readonly Stored[], ledger: Ledger): readonly string[] {
  const wanted = places.filter(({ stream, sequence }) => stream === "evt" && sequence > ledger.settledMax);
  const there = parts.filter(({ stream }) => stream === "evt");
  if (there.length >= wanted.length) return [];
  return [`commit ${commit} lacks ${wanted.length - there.length} of ${wanted.length}`];
}

/** Documents and marks were written with the entries, so they are as far as these. */
async function stateProblems(
  outbox: GroupedOutbox,
  stored: readonly Stored[],
  ledger: Ledger,
): Promise<readonly string[]> {
  const counted = Number((await outbox.documents("count")).get("commits") ?? "0");
  const marked =
    (await outbox.marks()).find(({ source, epoch }) => source === "agent1" && epoch === "e")?.sequence ?? 0;
  const acknowledged = ledger.offers.filter(({ outcome }) => outcome === "done").map(({ commit }) => commit);
  const least = Math.max(0, ...acknowledged);
  const newest = Math.max(0, ...stored.map(({ text }) => text.commit ?? 0));
  if (counted === marked && counted >= least && counted >= newest) return [];
  return [`documents are at ${counted}, marks at ${marked}, entries at ${newest}, acknowledged ${least}`];
}
