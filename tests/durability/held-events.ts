import { openReader } from "../../outbox/database.ts";
import type { Stream } from "../../protocols/topics.ts";

/** An event as it lies in headquarters' file. */
export interface HeldRow {
  readonly stream: Stream;
  readonly epoch: string;
  readonly sequence: number;
  readonly body: string;
}

/** Reads what is committed beside the receiver that writes, as an auditor would: from the file itself. */
export async function heldEvents(path: string): Promise<readonly HeldRow[]> {
  const reader = await openReader(path);
  try {
    return await reader.all<HeldRow>(
      `SELECT ledger.stream, ledger.epoch, event.sequence, event.body
         FROM event JOIN ledger ON ledger.number = event.ledger ORDER BY event.arrival`,
    );
  } finally {
    await reader.close();
  }
}
