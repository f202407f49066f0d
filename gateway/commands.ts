import type { Logger } from "pino";
import type { Cancel, Clock } from "../protocols/clock.ts";
import type { CommandTarget, DeviceCommand } from "../protocols/commands.ts";
import { type DocumentChange, type Documents, nothing, type StoreService } from "./service.ts";

export const commandsCollection = "commands";

/** Commands without an answer. A kiosk that prints nothing for so long stands in an empty shop. */
export const commandsPendingMax = 1_000;

/** A command is handed over again after this time; whoever has it already answers, and does not do it twice. */
const handAgainMs = 5_000;

/** A command that has no answer yet. */
export interface PendingCommand {
  readonly command: DeviceCommand;
  /** Rises with each command: the lowest is the oldest, whatever the clock did. */
  readonly order: number;
}

/** Forgets a command when its answer comes, in the same transaction as whatever the answer brings about. */
export const commandService: StoreService = {
  name: commandsCollection,
  step(documents, input) {
    if (input.kind !== "reading" || input.reading.observation.kind !== "answer") return nothing;
    const key = input.reading.observation.command;
    return documents.has(key) ? { ...nothing, changes: [{ key, value: undefined }] } : nothing;
  },
  ageOf: orderOf,
};

/** Adds commands to those that wait for an answer; the oldest make room. */
export function pendingChanges(
  documents: Documents,
  commands: readonly DeviceCommand[],
): readonly DocumentChange[] {
  const last = Math.max(0, ...[...documents.values()].map(orderOf));
  const added = commands.map((command, index) => {
    const value: PendingCommand = { command, order: last + 1 + index };
    return { key: command.id, value };
  });
  const surplus = documents.size + added.length - commandsPendingMax;
  const dropped: DocumentChange[] = [];
  for (const key of documents.keys()) {
    if (dropped.length >= surplus) break;
    dropped.push({ key, value: undefined });
  }
  return [...dropped, ...added];
}

function orderOf(document: unknown): number {
  return (document as Partial<PendingCommand>).order ?? 0;
}

export interface CommandDeskOptions {
  readonly pending: () => Documents;
  /** False while `pending` is ahead of the disk: what is not on disk may never come to be, and is not handed out. */
  readonly isOnDisk: () => boolean;
  /** The agent that owns a device, as far as its readings have told. */
  readonly ownerOf: (device: string) => string | undefined;
  /** The agent in this process, if there is one. */
  readonly local?: { readonly agent: string; readonly target: CommandTarget };
  /** Sends a command to an agent behind the store broker. */
  readonly send: (agent: string, command: DeviceCommand) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Hands commands to the agents that own the devices, again and again until they are answered. */
export class CommandDesk {
  readonly #options: CommandDeskOptions;
  readonly #appeared = new Set<string>();
  #localSeen = false;
  #cancel: Cancel;

  constructor(options: CommandDeskOptions) {
    this.#options = options;
    this.#cancel = this.#handAgainLater();
  }

  hand(commands: Iterable<DeviceCommand>): void {
    for (const command of commands) this.#handOne(command);
  }

  /** An agent has (again) begun to listen: what waits for it goes out at once. */
  agentAppeared(agent: string): void {
    if (!this.#options.isOnDisk()) {
      this.#appeared.add(agent);
      return;
    }
    for (const command of this.#pending()) {
      if (this.#options.ownerOf(command.device) === agent) this.#handOne(command);
    }
  }

  /** New commands are on disk, and so are readings of these agents. */
  committed(commands: readonly DeviceCommand[], agents: ReadonlySet<string>): void {
    const { local } = this.#options;
    for (const agent of this.#appeared) this.agentAppeared(agent);
    this.#appeared.clear();
    if (!this.#localSeen && local !== undefined && agents.has(local.agent)) {
      // Its first readings: whatever waits from before the start goes out, the new commands among it.
      this.#localSeen = true;
      this.hand(this.#pending());
    } else this.hand(commands);
  }

  close(): void {
    this.#cancel();
  }

  #handAgainLater(): Cancel {
    return this.#options.clock.after(handAgainMs, () => {
      if (this.#options.isOnDisk()) this.hand(this.#pending());
      this.#cancel = this.#handAgainLater();
    });
  }

  *#pending(): Iterable<DeviceCommand> {
    for (const document of this.#options.pending().values()) yield (document as PendingCommand).command;
  }

  #handOne(command: DeviceCommand): void {
    const { local, ownerOf, send } = this.#options;
    const owner = ownerOf(command.device) ?? local?.agent;
    if (owner === undefined) return;
    if (owner === local?.agent) this.#handLocally(local.target, command);
    else send(owner, command);
  }

  #handLocally(target: CommandTarget, command: DeviceCommand): void {
    try {
      target.take(command);
    } catch (error) {
      this.#options.log.error({ event: "command-not-taken", command: command.id, reason: String(error) });
    }
  }
}
