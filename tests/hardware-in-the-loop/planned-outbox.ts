import type { GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { counter, type Place, plannedCommit, plannedSettle } from "./commit-plan.ts";
import type { Holding } from "./survival-check.ts";

/** Commits what is planned and settles where that is planned; says each once it is on disk. */
export async function writePlanned(
  outbox: GroupedOutbox,
  place: Place,
  number: number,
  say: (words: string) => void,
): Promise<void> {
  const planned = plannedCommit(place, number);
  let last = 0;
  const entries = planned.entries.map((entry) => ({
    ...entry,
    body(sequence: number): string {
      if (entry.stream === "evt") last = sequence;
      return entry.body(sequence);
    },
  }));
  await outbox.commit({ ...planned, entries });
  say(`ack ${number}`);
  const through = plannedSettle(number, last);
  if (through === undefined) return;
  await outbox.settle("evt", through);
  say(`settled ${through}`);
  await outbox.forgetOld();
}

/** Everything that can be asked for. */
export async function contentsOf(
  outbox: GroupedOutbox,
): Promise<Pick<Holding, "streams" | "marks" | "documents">> {
  const whole = { rowsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };
  const streams = await Promise.all(
    outbox
      .statistics()
      .streams.map(
        async ({ stream }) =>
          [
            stream,
            { ...outbox.position(stream), entries: await outbox.nextBatch(stream, 0, whole) },
          ] as const,
      ),
  );
  const documents = await Promise.all(
    [counter.collection, "case"].map(
      async (name) => [name, Object.fromEntries(await outbox.documents(name))] as const,
    ),
  );
  return {
    streams: Object.fromEntries(streams),
    marks: await outbox.marks(),
    documents: Object.fromEntries(documents),
  };
}
