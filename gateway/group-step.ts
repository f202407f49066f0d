import type { Commit, Entry } from "../outbox/outbox.ts";
import type { DeviceCommand } from "../protocols/commands.ts";
import type { DeadLetter, ServiceOutcome } from "./service.ts";

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

/** What one step of one service has brought about, its events written down. */
export type Outcome = Pick<ServiceOutcome, "changes" | "commands"> & { readonly entries: readonly Entry[] };
export const noOutcome: Outcome = { changes: [], commands: [], entries: [] };

export function emptyStep(): GroupStep {
  return { entries: [], commands: [], agents: new Set(), broken: [], taken: 0, repeated: 0, commit: {} };
}

export function writesSomething({ entries, marks, documents }: Commit): boolean {
  return [entries, marks, documents].some((part) => part !== undefined && part.length > 0);
}
