import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { agentOfReadingTopic, localTopics } from "../../protocols/topics.ts";
import { PasswordTries } from "./password-tries.ts";

/** Who may say what on the store broker. */
export interface Accounts {
  /** Undefined when it is refused. `host` is where it comes from: guesses are counted by host and account. */
  login(host: string, { username, password }: Credentials): Login | undefined;
}

export interface Credentials {
  readonly username: string | undefined;
  readonly password: Uint8Array | undefined;
}

/** `agent` undefined: nobody set up accounts, so any agent's name may be used. */
export interface Login {
  readonly agent: string | undefined;
  readonly username?: string;
}

interface Account {
  readonly agent: string;
  readonly passwordDigest: Uint8Array;
}

type AccountConfig = Configuration["gateway"]["broker"]["accounts"][number];

/** Reads the passwords from their files; one that is missing stops the start, for nobody could log in. */
export async function openAccounts(configured: readonly AccountConfig[], clock: Clock): Promise<Accounts> {
  const tries = new PasswordTries(clock);
  const accounts = new Map<string, Account>();
  for (const { username, passwordFile, agent } of configured) {
    // An editor's newline at the end is no part of the password.
    const password = (await readFile(passwordFile, "utf8")).replace(/\r?\n$/, "");
    accounts.set(username, { agent, passwordDigest: digest(Buffer.from(password)) });
  }
  return {
    login(host, { username = "", password = new Uint8Array() }) {
      if (accounts.size === 0) return { agent: undefined };
      const account = accounts.get(username);
      const right = timingSafeEqual(account?.passwordDigest ?? nobody, digest(password));
      // A name that nobody has can be guessed at for ever.
      if (account === undefined) return undefined;
      const who = `${username} ${host}`;
      if (!tries.mayTry(who)) return undefined;
      if (right) tries.right(who);
      else tries.wrong(who);
      return right ? { agent: account.agent, username } : undefined;
    },
  };
}

const digest = (password: Uint8Array): Uint8Array => createHash("sha256").update(password).digest();
/** Compared against when the name is unknown, so that guessing names takes as long as guessing passwords. */
const nobody = new Uint8Array(32);

/** The agent whose readings this topic carries, if this login may publish there. */
export function publishableAgent({ agent }: Login, topic: string): string | undefined {
  const named = agentOfReadingTopic(topic);
  return agent === undefined || named === agent ? named : undefined;
}

/** The agent whose commands this filter asks for, if this login may have them. */
export function subscribableAgent({ agent }: Login, filter: string): string | undefined {
  const named = /^local\/v1\/([^/+#]+)\/cmd\//.exec(filter)?.[1];
  if (named === undefined || filter !== localTopics.commandFilter(named)) return undefined;
  return agent === undefined || named === agent ? named : undefined;
}
