import { type Login, subscribableAgent } from "./accounts.ts";

/** What clients may do on the broker beside handing in readings and hearing commands. */
export interface ClientRights {
  /** Whether what is published there goes to other clients, and is retained where that is asked for. */
  mayShare(login: Login, topic: string): boolean;
  mayHear(login: Login, filter: string): boolean;
  /** Whether a client's subscriptions, and what it misses, are kept while it is away. */
  readonly keepsSessions: boolean;
}

/** A store's: agents have nothing to tell each other, and commands are handed over anew when they come back. */
export const storeRights: ClientRights = {
  mayShare: () => false,
  mayHear: (login, filter) => subscribableAgent(login, filter) !== undefined,
  keepsSessions: false,
};
