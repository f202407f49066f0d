import type { Database } from "../../outbox/database.ts";

/** Version 1 as it was, so that no later change of the code can change what is upgraded. */
const schema = `
  CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE stream (
    number INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    settled INTEGER NOT NULL DEFAULT 0,
    settled_total INTEGER NOT NULL DEFAULT 0
  );
  CREATE TABLE entry (
    place INTEGER PRIMARY KEY,
    category TEXT NOT NULL,
    total INTEGER NOT NULL,
    made_ms INTEGER,
    body TEXT NOT NULL
  );
  CREATE TABLE mark (
    source TEXT NOT NULL,
    epoch TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    PRIMARY KEY (source, epoch)
  ) WITHOUT ROWID;
  CREATE TABLE document (
    collection TEXT NOT NULL,
    key TEXT NOT NULL,
    value TEXT NOT NULL,
    PRIMARY KEY (collection, key)
  ) WITHOUT ROWID;
  PRAGMA user_version = 1`;

export const epochOfVersion1 = "0199f000-0000-7000-8000-000000000001";
/** Of `evt`: 3 to 9 are kept, 5 is the last settled one; `tel` has a first entry that waits. */
export const evtOfVersion1 = { oldest: 3, settled: 5, last: 9 } as const;

export const bodyOfVersion1 = (sequence: number): string =>
  JSON.stringify({
    epoch: epochOfVersion1,
    sequence: String(sequence),
    text: `退货 ${"z".repeat(sequence * 900)}`,
  });

/** A gateway's file as the first release left it. */
export async function fillVersion1(database: Database): Promise<void> {
  await database.exec(schema);
  await database.all("INSERT INTO meta VALUES ('epoch', ?)", [epochOfVersion1]);
  let total = 0;
  let settledTotal = 0;
  for (let sequence = 1; sequence <= evtOfVersion1.last; sequence += 1) {
    const body = bodyOfVersion1(sequence);
    total += Buffer.byteLength(body);
    if (sequence === evtOfVersion1.settled) settledTotal = total;
    if (sequence < evtOfVersion1.oldest) continue;
    const madeMs = sequence % 2 === 0 ? 1_767_600_000_000 + sequence : null;
    const row = [2 ** 40 + sequence, "return", total, madeMs, body];
    await database.all("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", row);
  }
  const telemetry = JSON.stringify({ epoch: epochOfVersion1, sequence: "1" });
  const first = [2 * 2 ** 40 + 1, "device", Buffer.byteLength(telemetry), null, telemetry];
  await database.all("INSERT INTO entry VALUES (?, ?, ?, ?, ?)", first);
  await database.all("INSERT INTO stream VALUES (1, 'evt', ?, ?), (2, 'tel', 0, 0)", [
    evtOfVersion1.settled,
    settledTotal,
  ]);
  await database.exec(`
    INSERT INTO mark VALUES ('agent1', 'e1', 12), ('agent1', 'e2', 3), ('agent2', 'e1', 7);
    INSERT INTO document VALUES ('queue', 'tally', '{"day":"2026-11-21","last":41}'), ('case', '退', '"货"')`);
}
