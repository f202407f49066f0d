import type { CaptureResponse } from "./exchange.ts";

/** What an answer of the repository means for the events that it is about. */
export type Meaning =
  /** It has them. */
  | { readonly kind: "delivered" }
  /** It looks at them, and says at this path what has become of them. */
  | { readonly kind: "job"; readonly path: string }
  /** It refuses at least one of them; which one is found out by asking in halves. */
  | { readonly kind: "refused"; readonly reason: string }
  | { readonly kind: "too-large"; readonly reason: string }
  /** Not these events: it would take none from us. */
  | { readonly kind: "shut"; readonly reason: string }
  /** It may be better later; not before `afterMs`. */
  | { readonly kind: "later"; readonly reason: string; readonly afterMs: number };

/** EPCIS 2.0 openapi.yaml and RFC 9110: what a status says of the request, whatever its body. */
const meanings: Readonly<Record<number, "delivered" | "refused" | "shut" | "too-large">> = {
  200: "delivered",
  201: "delivered",
  204: "delivered",
  400: "refused",
  401: "shut",
  403: "shut",
  404: "shut",
  405: "shut",
  406: "shut",
  409: "refused",
  413: "too-large",
  415: "shut",
  422: "refused",
};

/** A repository that asks for more patience than this does not know what it asks. */
const patienceMsMax = 600_000;
/** Of what somebody else wrote; it goes into alerts. */
const reasonCharacters = 300;

/** The answer to `POST /capture`. */
export function meaningOf(response: CaptureResponse): Meaning {
  const { status, headers } = response;
  const location = headers["location"];
  if (status === 202) {
    return location === undefined
      ? { kind: "later", reason: "202 without a Location", afterMs: 0 }
      : { kind: "job", path: pathOf(location) };
  }
  const kind = meanings[status];
  const reason = reasonOf(response);
  if (kind === "delivered") return { kind };
  if (kind !== undefined) return { kind, reason };
  return { kind: "later", reason, afterMs: patienceMs(headers["retry-after"]) };
}

/** It may have done it, or not. */
export const jobGone = "the job is gone";

/** The answer to a look at a capture job: `undefined` while it runs. */
export function jobMeaning(response: CaptureResponse): Meaning | undefined {
  const { status, body } = response;
  // It has forgotten the job; what it has of it is found out by sending it again.
  if (status === 404 || status === 410) return { kind: "later", reason: jobGone, afterMs: 0 };
  if (status !== 200)
    return {
      kind: "later",
      reason: reasonOf(response),
      afterMs: patienceMs(response.headers["retry-after"]),
    };
  const job = parsed(body);
  if (job["running"] === true) return undefined;
  if (job["success"] === true) return { kind: "delivered" };
  if (job["success"] !== false) return { kind: "later", reason: "no word of success", afterMs: 0 };
  const errors = Array.isArray(job["errors"]) ? (job["errors"] as unknown[]) : [];
  return {
    kind: "refused",
    reason: errors.map(problemOf).join("; ").slice(0, reasonCharacters) || "no reason given",
  };
}

/** Whether one event was refused because it is there already: 409 says so, and jobs do in words. */
export const isDuplicate = (status: number, reason: string): boolean =>
  status === 409 || /duplicate|already (exists|captured|known)/i.test(reason);

/** `Limits` of the repository by its answer to `OPTIONS /capture`; undefined where it names none. */
export function limitIn({ headers }: CaptureResponse, name: string): number | undefined {
  const limit = Number(headers[name]);
  return Number.isInteger(limit) && limit > 0 ? limit : undefined;
}

/** Path and query of a `Location`, which may be whole, or relative to the host. */
function pathOf(location: string): string {
  return location.replace(/^https?:\/\/[^/]*/, "");
}

function patienceMs(retryAfter: string | undefined): number {
  const seconds = Number(retryAfter);
  return Number.isFinite(seconds) && seconds > 0 ? Math.min(patienceMsMax, seconds * 1000) : 0;
}

function reasonOf({ status, body }: CaptureResponse): string {
  const words = problemOf(parsed(body));
  return `${status}${words === "" ? "" : ` ${words}`}`.slice(0, reasonCharacters);
}

/** RFC 7807: type, title and detail of a problem. */
function problemOf(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return "";
  const { type, title, detail } = problem as Readonly<Record<string, unknown>>;
  return [type, title, detail].filter((word) => typeof word === "string" && word !== "").join(": ");
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
