import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { type Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { WebSocket } from "ws";
import { Console, type ConsoleViews } from "../../../gateway/console/console.ts";
import type { Reading } from "../../../protocols/readings.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";
import { silentLog, storeConfiguration } from "../store.ts";

export const token = (username: string): string => `token of ${username}, long enough`;

const accounts = [
  { username: "kiosk-screen", screen: "kiosk", readPoint: "kiosk" },
  { username: "clerk-1", screen: "counter", readPoint: "counter-1" },
  { username: "clerk-2", screen: "counter", readPoint: "counter-2" },
  { username: "wall", screen: "board" },
] as const;

/** A store with a console on a free port; with accounts, their tokens lie in files. */
export function consoleConfiguration(withAccounts: boolean) {
  const directory = mkdtempSync(join(tmpdir(), "storewire-console-"));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  return storeConfiguration((site) => {
    site.gateway.console = {
      enabled: true,
      port: 0,
      accounts: accounts
        .filter(() => withAccounts)
        .map((account) => {
          const tokenFile = join(directory, account.username);
          writeFileSync(tokenFile, `${token(account.username)}\n`);
          return { ...account, tokenFile };
        }),
    };
  });
}

export interface ConsoleBench {
  readonly withAccounts?: boolean;
  readonly views?: Partial<ConsoleViews>;
  readonly accept?: (readings: readonly Reading[]) => Promise<void>;
}

/** A console by itself; readings go where the test says, and views say what it says. */
export async function openConsole(bench: ConsoleBench = {}) {
  const clock = new ManualClock();
  const taken: Reading[] = [];
  const opened = await Console.open({
    configuration: consoleConfiguration(bench.withAccounts ?? false),
    accept: async (readings) => {
      await bench.accept?.(readings);
      taken.push(...readings);
    },
    views: {
      shown: (screen) => ({ screen: screen.kind, taken: taken.length }),
      pressed: (_screen, { id }) => ({ pressed: id, taken: taken.length }),
      ticket: (id) => (id === "known" ? { ticket: id, number: "A-001" } : undefined),
      ...bench.views,
    },
    clock,
    boot: "boot1",
    version: "1",
    log: silentLog,
  });
  onTestFinished(() => opened.close());
  return { opened, taken, clock, port: opened.port };
}

export interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** One that keeps its connection; without it each request has one of its own. */
  readonly agent?: Agent;
}
export interface Answered {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** The path goes out exactly as it is written here; a browser would tidy it first. */
export function ask(port: number, path: string, asked: Asked = {}) {
  const { method = "GET", headers = {}, body, agent = false } = asked;
  return new Promise<Answered>((resolve, reject) => {
    const request = httpRequest({ host: "127.0.0.1", port, path, method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on("data", (part: Buffer) => parts.push(part));
      response.on("end", () => {
        const text = Buffer.concat(parts).toString("utf8");
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text });
      });
    });
    request.on("error", reject);
    request.end(body);
  });
}

export const jsonOf = ({ text }: Answered): Record<string, unknown> =>
  JSON.parse(text) as Record<string, unknown>;

export const asJson = { "Content-Type": "application/json" };

export async function login(port: number, username: string): Promise<{ readonly Cookie: string }> {
  const body = JSON.stringify({ username, token: token(username) });
  const { status, headers } = await ask(port, "/api/login", { method: "POST", headers: asJson, body });
  if (status !== 200) throw new Error(`login of ${username}: ${status}`);
  return { Cookie: headers["set-cookie"]?.[0]?.split(";")[0] ?? "" };
}

export const pressId = (count: number): string =>
  `11111111-1111-4111-8111-${String(count).padStart(12, "0")}`;

export interface PressOptions {
  readonly id: string;
  readonly screen?: string;
  readonly readPoint?: string;
  readonly action?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export function press(port: number, options: PressOptions): Promise<Answered> {
  const { id, screen = "kiosk", readPoint = "kiosk", headers } = options;
  const { action = { kind: "issue", service: "returns", priorityClass: "regular" } } = options;
  const body = JSON.stringify({ id, screen, readPoint, action });
  return ask(port, "/api/press", { method: "POST", headers: { ...asJson, ...headers }, body });
}

interface Told {
  readonly version: string;
  readonly atMs: number;
  readonly view: unknown;
}

/** A screen that keeps every snapshot; `outcome` is 101 or the status that it was refused with. */
export function watch(port: number, path: string, headers: Readonly<Record<string, string>> = {}) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/live${path}`, { headers });
  const snapshots: Told[] = [];
  socket.on("message", (text: Buffer) => snapshots.push(JSON.parse(text.toString("utf8")) as Told));
  const outcome = new Promise<number>((resolve) => {
    socket.on("open", () => resolve(101));
    socket.on("unexpected-response", (_request, response) => resolve(response.statusCode ?? 0));
    socket.on("error", () => resolve(0));
  });
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  onTestFinished(() => socket.terminate());
  return { socket, snapshots, outcome, closed };
}
