import { nameSchema } from "../../protocols/readings.ts";
import type { Screen } from "./screens.ts";

/** What a request asks for; anything else does not exist. */
export type Route =
  | { readonly kind: "start" }
  | { readonly kind: "screen"; readonly screen: Screen }
  | { readonly kind: "ticket-page" }
  | { readonly kind: "asset"; readonly name: string }
  | { readonly kind: "session" }
  | { readonly kind: "ticket"; readonly ticket: string }
  | { readonly kind: "login" }
  | { readonly kind: "press" }
  | { readonly kind: "none" }
  | { readonly kind: "wrong-method"; readonly allowed: "GET" | "POST" };

type Method = "GET" | "POST";
interface Rule {
  readonly method: Method;
  readonly path: RegExp;
  readonly route: (named: string) => Route;
}

const none: Route = { kind: "none" };
const standing =
  (kind: "kiosk" | "counter") =>
  (readPoint: string): Route =>
    nameSchema.safeParse(readPoint).success ? { kind: "screen", screen: { kind, readPoint } } : none;

const name = "([A-Za-z0-9._-]{1,64})";
const rules: readonly Rule[] = [
  { method: "GET", path: /^\/$/, route: () => ({ kind: "start" }) },
  { method: "GET", path: /^\/board$/, route: () => ({ kind: "screen", screen: { kind: "board" } }) },
  { method: "GET", path: new RegExp(`^/kiosk/${name}$`), route: standing("kiosk") },
  { method: "GET", path: new RegExp(`^/counter/${name}$`), route: standing("counter") },
  { method: "GET", path: new RegExp(`^/ticket/${name}$`), route: () => ({ kind: "ticket-page" }) },
  {
    method: "GET",
    path: new RegExp(`^/assets/${name}$`),
    route: (asset) => ({ kind: "asset", name: asset }),
  },
  { method: "GET", path: /^\/api\/session$/, route: () => ({ kind: "session" }) },
  {
    method: "GET",
    path: new RegExp(`^/api/ticket/${name}$`),
    route: (ticket) => ({ kind: "ticket", ticket }),
  },
  { method: "POST", path: /^\/api\/login$/, route: () => ({ kind: "login" }) },
  { method: "POST", path: /^\/api\/press$/, route: () => ({ kind: "press" }) },
];

/** The whole map of the console. Nothing in an address ever names a file; a query is not looked at. */
export function routeOf(method: string, url: string): Route {
  const path = url.split("?", 1)[0] ?? "";
  for (const rule of rules) {
    const found = rule.path.exec(path);
    if (found === null) continue;
    if (rule.method !== method && !(rule.method === "GET" && method === "HEAD"))
      return { kind: "wrong-method", allowed: rule.method };
    return rule.route(found[1] ?? "");
  }
  return none;
}

/** The screen whose changes a WebSocket asks for: `/live` before the screen's own path. */
export function liveScreenOf(url: string): Screen | undefined {
  const path = url.split("?", 1)[0] ?? "";
  if (!path.startsWith("/live/")) return undefined;
  const route = routeOf("GET", path.slice("/live".length));
  return route.kind === "screen" ? route.screen : undefined;
}
