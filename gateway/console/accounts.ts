import { createHash, timingSafeEqual } from "node:crypto";
import { readFile } from "node:fs/promises";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { PasswordTries } from "../broker/password-tries.ts";
import { type Screen, screenPath } from "./screens.ts";

type AccountConfig = Configuration["gateway"]["console"]["accounts"][number];

/** Short ones could be guessed from a cookie, at leisure and elsewhere. */
const tokenCharactersMin = 20;
/** Sent back by the browser with each request, and out of reach of what runs on a page. */
const cookieName = "storewire";

/** Who is at a screen. `screen` undefined: nobody set up accounts, and whoever is at the box may use all. */
export interface Visitor {
  readonly username: string;
  readonly screen: Screen | undefined;
}

export interface Login extends Visitor {
  readonly cookie: string;
}

interface Account extends Visitor {
  readonly digest: Buffer;
}

export const atTheBox: Visitor = { username: "console", screen: undefined };

/** Who may use which screen; nothing is kept for a login, so that a screen stays logged in over restarts. */
export class ConsoleAccounts {
  readonly #accounts: ReadonlyMap<string, Account>;
  readonly #tries: PasswordTries;

  private constructor(accounts: ReadonlyMap<string, Account>, clock: Clock) {
    this.#accounts = accounts;
    this.#tries = new PasswordTries(clock);
  }

  /** Reads the tokens from their files; one that is missing or short stops the start. */
  static async open(configured: readonly AccountConfig[], clock: Clock): Promise<ConsoleAccounts> {
    const accounts = new Map<string, Account>();
    for (const account of configured) {
      // An editor's newline at the end is no part of the token.
      const token = (await readFile(account.tokenFile, "utf8")).replace(/\r?\n$/, "");
      if (token.length < tokenCharactersMin)
        throw new Error(`${account.tokenFile}: a token has ${tokenCharactersMin} characters at least`);
      accounts.set(account.username, {
        username: account.username,
        screen: screenOf(account),
        digest: digestOf(token),
      });
    }
    return new ConsoleAccounts(accounts, clock);
  }

  get isEmpty(): boolean {
    return this.#accounts.size === 0;
  }

  /** Undefined when it is refused; guesses are counted by host and account, as the store broker does. */
  login(host: string, username: string, token: string): Login | undefined {
    const account = this.#accounts.get(username);
    const digest = digestOf(token);
    const right = timingSafeEqual(account?.digest ?? nobody, digest);
    if (account === undefined) return undefined;
    const who = `${username} ${host}`;
    if (!this.#tries.mayTry(who)) return undefined;
    if (right) this.#tries.right(who);
    else this.#tries.wrong(who);
    if (!right) return undefined;
    return { ...account, cookie: `${cookieName}=${username}.${digest.toString("hex")}` };
  }

  /** Who sent this Cookie header; undefined for a stranger. */
  visitor(cookies: string | undefined): Visitor | undefined {
    if (this.isEmpty) return atTheBox;
    const [, username = "", hex = ""] =
      /(?:^|; ?)storewire=([A-Za-z0-9._-]{1,64})\.([0-9a-f]{64})(?:;|$)/.exec(cookies ?? "") ?? [];
    const account = this.#accounts.get(username);
    const right = timingSafeEqual(account?.digest ?? nobody, Buffer.from(hex.padStart(64, "0"), "hex"));
    return right ? account : undefined;
  }
}

/** A board may be looked at by every screen; the rest only by its own. */
export function mayUse({ screen: own }: Visitor, screen: Screen): boolean {
  return own === undefined || screen.kind === "board" || screenPath(own) === screenPath(screen);
}

function screenOf({ screen, readPoint }: AccountConfig): Screen {
  if (screen === "board" || readPoint === undefined) return { kind: "board" };
  return { kind: screen, readPoint };
}

/** A cookie does not give the token away. */
const digestOf = (token: string): Buffer =>
  createHash("sha256").update(`storewire console ${token}`).digest();
/** Compared against when the name is unknown, so that guessing names takes as long as guessing tokens. */
const nobody = Buffer.alloc(32);
