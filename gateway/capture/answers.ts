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
  const { location } = response.headers;
  if (response.status === 202) {
    return location === undefined
      ? { kind: "later", reason: "202 without a Location", afterMs: 0 }
      : { kind: "job", path: pathOf(location) };
  }
  return answerMeaning(response);
}

/** What a status says, of whatever was asked. */
export function answerMeaning(response: CaptureResponse): Meaning {
  const { status, headers } = response;
  const kind = meanings[status];
  const reason = reasonOf(response);
  // A portal, a proxy that wants a certificate, a page that stands for every path: it says nothing about events.
  if ((kind === "delivered" || kind === "refused") && /html/i.test(headers["content-type"] ?? "")) {
    return { kind: "shut", reason: `${status} with a web page; does hq.capture.url name the repository?` };
  }
  // Not followed: the token would go to whoever is named there.
  if (status >= 300 && status < 400) {
    const place = headers["location"] ?? "elsewhere";
    return { kind: "shut", reason: `${status}: it has moved to ${place}; put that into hq.capture.url` };
  }
  if (kind === "delivered") return { kind };
  if (kind !== undefined) return { kind, reason };
  return { kind: "later", reason, afterMs: patienceMs(headers) };
}

/** Not found, or not to be asked for: both leave the refusal as it is. */
const nowhere = new Set([400, 403, 404, 405, 406, 410]);

/**
 * The answer to a look at one event: it is there where the answer holds it. What declares an error has the identity of
 * the event that it takes back, which alone is not it.
 */
export function lookMeaning(response: CaptureResponse, eventId: string, declaresError = false): Meaning {
  const { status, body } = response;
  const held = status === 200 ? JSON.stringify(parsed(body)) : "";
  const words = [eventId, ...(declaresError ? ["errorDeclaration"] : [])];
  if (words.every((word) => held.includes(JSON.stringify(word)))) return { kind: "delivered" };
  const meaning = answerMeaning(response);
  const isPage = meaning.kind === "shut" && (status === 200 || status === 400);
  const isAnswered = !isPage && (nowhere.has(status) || meaning.kind === "delivered");
  return isAnswered ? { kind: "refused", reason: reasonOf(response) } : meaning;
}

/** It may have done it, or not. */
export const jobGone = "the job is gone";

/** The answer to a look at a capture job: `undefined` while it runs. */
export function jobMeaning(response: CaptureResponse): Meaning | undefined {
  const { status, body } = response;
  // It has forgotten the job; what it has of it is found out by sending it again.
  if (status === 404 || status === 410) return { kind: "later", reason: jobGone, afterMs: 0 };
  if (status === 200) return finishedMeaning(parsed(body));
  const meaning = answerMeaning(response);
  const isClear = meaning.kind === "shut" || meaning.kind === "later";
  return isClear ? meaning : { kind: "later", reason: reasonOf(response), afterMs: 0 };
}

function finishedMeaning(job: Readonly<Record<string, unknown>>): Meaning | undefined {
  if (job["running"] === true) return undefined;
  if (typeof job["success"] !== "boolean") {
    return { kind: "later", reason: "a job without a word of success", afterMs: 0 };
  }
  const errors = Array.isArray(job["errors"]) ? (job["errors"] as unknown[]).filter(isHard) : [];
  // A repository that went on past an error may call that a success.
  if (job["success"] && errors.length === 0) return { kind: "delivered" };
  const words = errors.map(problemOf).join("; ") || text(job["errorFile"]) || "no reason given";
  return { kind: "refused", reason: words.slice(0, reasonCharacters) };
}

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** OpenEPCIS takes an event in spite of a `SOFT_ERROR`. */
const isHard = (error: unknown): boolean =>
  (error as { readonly severity?: unknown } | null)?.severity !== "SOFT_ERROR";

/** Whether one event was refused because it is there already: 409 says so, and jobs do in words. */
export const isDuplicate = (status: number, reason: string): boolean =>
  status === 409 || /(?:^|; )409\b|duplicate|already ?(exists|captured|known)/i.test(reason);

/** `Limits` of the repository by its answer to `OPTIONS /capture`; undefined where it names none. */
export function limitIn({ headers }: CaptureResponse, name: string): number | undefined {
  const limit = Number(headers[name]);
  return Number.isInteger(limit) && limit > 0 ? limit : undefined;
}

/** Path and query of a `Location`, which may be whole, or relative to the host. */
function pathOf(location: string): string {
  return location.replace(/^https?:\/\/[^/]*/, "");
}

/** `Retry-After` is in seconds, or a date by the repository's own clock. */
function patienceMs(headers: CaptureResponse["headers"]): number {
  const after = headers["retry-after"] ?? "";
  const seconds = /^\d+$/.test(after)
    ? Number(after)
    : (Date.parse(after) - Date.parse(headers["date"] ?? "")) / 1000;
  return seconds > 0 ? Math.min(patienceMsMax, seconds * 1000) : 0;
}

function reasonOf({ status, body }: CaptureResponse): string {
  const words = problemOf(parsed(body));
  return `${status}${words === "" ? "" : ` ${words}`}`.slice(0, reasonCharacters);
}

/** RFC 7807: status where a job's error has one, type, title and detail of a problem. */
function problemOf(problem: unknown): string {
  if (typeof problem !== "object" || problem === null) return "";
  const { status, type, title, detail } = problem as Readonly<Record<string, unknown>>;
  const words = [type, title, detail].filter((word) => typeof word === "string" && word !== "").join(": ");
  return status === 409 ? `409 ${words}` : words;
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
  } catch {
    return {};
  }
}
