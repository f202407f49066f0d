import type { Commit, DocumentWrite, Entry } from "../outbox/outbox.ts";
import type { DeviceCommand } from "../protocols/commands.ts";
import type { EventDraft } from "../protocols/events.ts";
import type { DeadLetter, ServiceOutcome, StoreService } from "./service.ts";

/** What a group has brought about so far. */
export interface GroupStep {
  readonly entries: Entry[];
  readonly commands: DeviceCommand[];
  readonly archive: DocumentWrite[];
  readonly agents: Set<string>;
  readonly broken: DeadLetter[];
  taken: number;
  repeated: number;
  readonly commit: Commit;
}

/** What one step of one service has brought about, its events written down. */
export type Outcome = Pick<ServiceOutcome, "changes" | "commands"> & {
  readonly entries: readonly Entry[];
  readonly archive: readonly DocumentWrite[];
};
export const noOutcome: Outcome = { changes: [], commands: [], entries: [], archive: [] };

export function emptyStep(): GroupStep {
  return {
    entries: [],
    commands: [],
    archive: [],
    agents: new Set(),
    broken: [],
    taken: 0,
    repeated: 0,
    commit: {},
  };
}

/** A service's outcome as it is to be written. */
export function writtenOutcome(
  { archiveName: collection }: StoreService,
  outcome: ServiceOutcome,
  entryOf: (draft: EventDraft) => Entry,
): Outcome {
  const { changes, commands, events, archive = [] } = outcome;
  const kept = collection === undefined ? [] : archive;
  return {
    changes,
    commands,
    entries: events.map(entryOf),
    archive: kept.map(({ key, value }) => ({
      collection: collection ?? "",
      key,
      value: JSON.stringify(value),
    })),
  };
}

export function writesSomething({ entries, marks, documents }: Commit): boolean {
  return [entries, marks, documents].some((part) => part !== undefined && part.length > 0);
}
