import type { IncomingMessage, ServerResponse } from "node:http";

/** What a request is answered with. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Codes that pages act on; those with "later" are tried again. */
export type RefusalCode =
  | "unknown"
  | "login"
  | "not-yours"
  | "foreign"
  | "malformed"
  | "too-long"
  | "other-press"
  | "too-fast"
  | "later";

const statusOf: Readonly<Record<RefusalCode, number>> = {
  unknown: 404,
  login: 401,
  "not-yours": 403,
  foreign: 403,
  malformed: 400,
  "too-long": 413,
  "other-press": 409,
  "too-fast": 429,
  later: 503,
};

export function json(value: unknown, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status: 200, type: "application/json; charset=utf-8", body: JSON.stringify(value), headers };
}

export function refusal(code: RefusalCode, words?: string): Answer {
  const { type, body } = json({ code, ...(words === undefined ? {} : { words }) });
  const isLater = code === "later" || code === "too-fast";
  const headers = {
    ...(isLater ? { "Retry-After": "1" } : {}),
    // What was not read of it would be taken for the next request.
    ...(code === "too-long" ? { Connection: "close" } : {}),
  };
  return { status: statusOf[code], type, body, headers };
}

/**
 * What every answer says of itself: nothing from elsewhere, nothing inline, in nobody's frame, kept by no cache,
 * and no address of ours told to others, for a ticket's address is its key.
 */
const always: Readonly<Record<string, string>> = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cache-Control": "no-store",
};

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, type, body, headers } = answer;
  const bytes = Buffer.from(body);
  response.writeHead(status, {
    ...always,
    "Content-Type": type,
    "Content-Length": bytes.length,
    ...headers,
  });
  response.end(request.method === "HEAD" ? undefined : bytes);
}

/** The whole body as text; undefined when it is longer, and then the rest is not read. */
export function bodyOf(request: IncomingMessage, bytesMost: number): Promise<string | undefined> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let size = 0;
    request.on("data", (part: Buffer) => {
      size += part.length;
      if (size <= bytesMost) parts.push(part);
      else {
        request.pause();
        resolve(undefined);
      }
    });
    request.on("end", () => resolve(Buffer.concat(parts).toString("utf8")));
    request.on("error", reject);
    request.on("close", () => reject(new Error("left in the middle")));
  });
}
