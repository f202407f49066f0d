import type { Commit, Entry } from "../outbox/outbox.ts";
import type { DeviceCommand } from "../protocols/commands.ts";
import type { DeadLetter } from "./service.ts";

/** What a group has brought about so far. */
export interface GroupStep {
  readonly entries: Entry[];
  readonly commands: DeviceCommand[];
  readonly agents: Set<string>;
  readonly broken: DeadLetter[];
  taken: number;
  repeated: number;
  readonly commit: Commit;
}

export function emptyStep(): GroupStep {
  return { entries: [], commands: [], agents: new Set(), broken: [], taken: 0, repeated: 0, commit: {} };
}

export function writesSomething({ entries, marks, documents }: Commit): boolean {
  return [entries, marks, documents].some((part) => part !== undefined && part.length > 0);
}
