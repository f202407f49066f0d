import type { IncomingMessage } from "node:http";
import { z } from "zod";
import type { Clock } from "../../protocols/clock.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { hostOf } from "../broker/door.ts";
import { type ConsoleAccounts, mayUse, type Visitor } from "./accounts.ts";
import { Allowance } from "./allowance.ts";
import { type Answer, bodyOf, json, refusal } from "./answer.ts";
import { pageOf, startPage, ticketPage } from "./html.ts";
import { consoleLimits } from "./limits.ts";
import { isLoopbackHost, isOwnOrigin } from "./origin.ts";
import { type PressDesk, pressSchema } from "./press-desk.ts";
import { type Route, routeOf } from "./routes.ts";
import { mayPress, type Screen, screenPath, screensOf } from "./screens.ts";

export interface RequestOptions {
  readonly configuration: Configuration;
  readonly accounts: ConsoleAccounts;
  readonly assets: ReadonlyMap<string, Answer>;
  readonly desk: PressDesk;
  /** What a customer may know of a ticket; undefined where none has this id, or no longer. */
  readonly ticket: (id: string) => unknown;
  readonly clock: Clock;
}

const loginSchema = z.strictObject({ username: z.string().max(64), token: z.string().max(256) });
/** A year: a screen that stands in a store is logged in once. */
const cookieSeconds = 31_536_000;

/** Answers requests; what may not be is refused before anything is read. */
export class Requests {
  readonly #options: RequestOptions;
  readonly #screens: ReadonlyMap<string, Screen>;
  readonly #requests: Allowance;
  readonly #presses: Allowance;

  constructor(options: RequestOptions) {
    const { configuration, clock } = options;
    const { requestsPerSecond, requestsBurst, addressesMax, pressesPerSecond, pressesBurst } = consoleLimits;
    this.#options = options;
    this.#screens = new Map(screensOf(configuration).map((screen) => [screenPath(screen), screen]));
    this.#requests = new Allowance(
      { perSecond: requestsPerSecond, burst: requestsBurst, namesMax: addressesMax },
      clock,
    );
    this.#presses = new Allowance(
      { perSecond: pressesPerSecond, burst: pressesBurst, namesMax: this.#screens.size },
      clock,
    );
  }

  async answer(request: IncomingMessage): Promise<Answer> {
    const route = routeOf(request.method ?? "", request.url ?? "");
    return this.bars(request) ?? this.#open(route, request) ?? this.#forVisitors(route, request);
  }

  /** What needs no login; undefined where one is needed. */
  #open(route: Route, request: IncomingMessage): Answer | Promise<Answer> | undefined {
    if (route.kind === "none") return refusal("unknown");
    if (route.kind === "wrong-method")
      return { ...refusal("unknown"), status: 405, headers: { Allow: route.allowed } };
    if (route.kind === "start") return startPage();
    if (route.kind === "ticket-page") return ticketPage();
    if (route.kind === "asset") return this.#options.assets.get(route.name) ?? refusal("unknown");
    if (route.kind === "ticket") return this.#ticket(route.ticket);
    return route.kind === "login" ? this.#login(request) : undefined;
  }

  /** Who comes too often, or from where nobody of ours is. */
  bars(request: IncomingMessage): Answer | undefined {
    if (!this.#requests.take(hostOf(request.socket.remoteAddress ?? ""))) return refusal("too-fast");
    if (this.#options.accounts.isEmpty && !isLoopbackHost(request)) return refusal("foreign");
    return request.method === "GET" || isOwnOrigin(request) ? undefined : refusal("foreign");
  }

  visitor(request: IncomingMessage): Visitor | undefined {
    return this.#options.accounts.visitor(request.headers.cookie);
  }

  /** The refusal where this visitor may not use this screen, or there is none of this name. */
  refuses(visitor: Visitor | undefined, screen: Screen): Answer | undefined {
    if (visitor === undefined) return refusal("login");
    if (!this.#screens.has(screenPath(screen))) return refusal("unknown");
    return mayUse(visitor, screen) ? undefined : refusal("not-yours");
  }

  #forVisitors(route: Route, request: IncomingMessage): Answer | Promise<Answer> {
    const visitor = this.visitor(request);
    // Whoever opens a screen's address without being logged in wants to log in.
    if (visitor === undefined && route.kind === "screen")
      return { status: 303, type: "text/plain", body: "", headers: { Location: "/" } };
    if (visitor === undefined) return refusal("login");
    if (route.kind === "session") return this.#session(visitor);
    if (route.kind === "press") return this.#press(visitor, request);
    if (route.kind === "screen") return this.refuses(visitor, route.screen) ?? pageOf(route.screen);
    return refusal("unknown");
  }

  #session(visitor: Visitor): Answer {
    const screens = [...this.#screens.values()].filter((screen) => mayUse(visitor, screen));
    return json({ username: visitor.username, screens: screens.map(screenPath) });
  }

  #ticket(id: string): Answer {
    const ticket = this.#options.ticket(id);
    return ticket === undefined ? refusal("unknown") : json(ticket);
  }

  async #login(request: IncomingMessage): Promise<Answer> {
    const body = await parsedBody(request, loginSchema);
    if ("refusal" in body) return body.refusal;
    const { configuration, accounts } = this.#options;
    const { username, token } = body.value;
    const login = accounts.login(hostOf(request.socket.remoteAddress ?? ""), username, token);
    if (login === undefined) return refusal("login");
    const secure = configuration.gateway.console.tls === undefined ? "" : "; Secure";
    const cookie = `${login.cookie}; Path=/; Max-Age=${cookieSeconds}; HttpOnly; SameSite=Strict${secure}`;
    return json({ screen: login.screen && screenPath(login.screen) }, { "Set-Cookie": cookie });
  }

  async #press(visitor: Visitor, request: IncomingMessage): Promise<Answer> {
    const body = await parsedBody(request, pressSchema);
    if ("refusal" in body) return body.refusal;
    const press = body.value;
    const screen: Screen = { kind: press.screen, readPoint: press.readPoint };
    const refused = this.refuses(visitor, screen);
    if (refused !== undefined) return refused;
    if (!mayPress(screen, press.action)) return refusal("not-yours");
    if (!this.#presses.take(screenPath(screen))) return refusal("too-fast");
    return this.#options.desk.take(press);
  }
}

type Parsed<Value> = { readonly value: Value } | { readonly refusal: Answer };

/** JSON and nothing else: a page from elsewhere could send a form without being asked for its origin. */
async function parsedBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
): Promise<Parsed<z.infer<Schema>>> {
  if (!/^application\/json\b/.test(request.headers["content-type"] ?? ""))
    return { refusal: refusal("malformed", "Content-Type is application/json") };
  const text = await bodyOf(request, consoleLimits.bodyBytesMax);
  if (text === undefined) return { refusal: refusal("too-long") };
  const parsed = schema.safeParse(parsedJson(text));
  if (parsed.success) return { value: parsed.data };
  const [issue] = parsed.error.issues;
  return { refusal: refusal("malformed", `${issue?.path.join(".")}: ${issue?.message}`) };
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
