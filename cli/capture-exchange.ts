import { readFileSync } from "node:fs";
import {
  Agent as HttpAgent,
  request as httpRequest,
  type IncomingMessage,
  type RequestOptions,
} from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import type { CaptureExchange, CaptureRequest, CaptureResponse } from "../gateway/capture/exchange.ts";
import type { CaptureConfiguration } from "../protocols/config/capture.ts";
import { storewireNamespace } from "../protocols/epcis/extensions.ts";

/** A batch of a megabyte on a slow line, and the repository's time to look at it. */
const answerMsMax = 60_000;
/** A job with an error for each of 500 events; more is no answer of a repository. */
const answerBytesMax = 1024 * 1024;

/** HTTP to the EPCIS repository of the configuration, one connection kept for all requests. */
export function openCaptureExchange(
  configuration: CaptureConfiguration,
  answerMs = answerMsMax,
): CaptureExchange {
  const base = new URL(configuration.url.replace(/\/+$/, ""));
  const secure = base.protocol === "https:";
  const agent = new (secure ? HttpsAgent : HttpAgent)({ keepAlive: true, maxSockets: 1 });
  const send = secure ? httpsRequest : httpRequest;
  const closing = new AbortController();
  return {
    request: (asked) =>
      new Promise((resolve, reject) => {
        const signal = AbortSignal.any([closing.signal, AbortSignal.timeout(answerMs)]);
        const url = urlOf(base, asked.path);
        const options = { ...optionsOf(configuration, asked), agent, signal };
        const sent = send(url, options, (response) => {
          collected(response).then(resolve, reject);
        });
        sent.on("error", reject);
        sent.end(asked.body);
      }),
    close() {
      closing.abort(new Error("the gateway ends"));
      agent.destroy();
    },
  };
}

/** Below the repository's own path, whether a `Location` names that path again or not. */
function urlOf(base: URL, path: string): URL {
  const prefix = base.pathname.replace(/\/+$/, "");
  const absolute = prefix !== "" && path.startsWith(`${prefix}/`);
  return new URL(absolute ? path : prefix + (path.startsWith("/") ? path : `/${path}`), base);
}

const secretOf = (path: string): string => readFileSync(path, "utf8").trim();
const read = (path: string | undefined): string | undefined =>
  path === undefined ? undefined : readFileSync(path, "utf8");

/**
 * EPCIS 2.0 REST: versions, what to do with the rest of a batch, our prefix. Nothing of what `POST /capture` does not
 * know: FasTnT refuses every request that asks for a `GS1-EPC-Format` other than its own.
 */
function optionsOf(configuration: CaptureConfiguration, { method, body }: CaptureRequest): RequestOptions {
  const { tls, tokenFile, headerFiles, errorBehaviour } = configuration;
  const headers: Record<string, string | number> = {
    accept: "application/json, application/ld+json, application/problem+json",
    "gs1-epcis-version": "2.0.0",
    "gs1-cbv-version": "2.0.0",
    "gs1-capture-error-behaviour": errorBehaviour,
    "gs1-extensions": `storewire=${storewireNamespace}`,
  };
  if (tokenFile !== undefined) headers["authorization"] = `Bearer ${secretOf(tokenFile)}`;
  for (const [name, path] of Object.entries(headerFiles)) headers[name] = secretOf(path);
  if (body !== undefined) {
    headers["content-type"] = "application/ld+json";
    headers["content-length"] = Buffer.byteLength(body);
  }
  const secrets = { ca: read(tls?.caFile), cert: read(tls?.certFile), key: read(tls?.keyFile) };
  return { method, headers, ...secrets };
}

async function collected(response: IncomingMessage): Promise<CaptureResponse> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > answerBytesMax) throw new Error(`an answer of more than ${answerBytesMax} bytes`);
    chunks.push(chunk);
  }
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(response.headers)) {
    headers[name] = Array.isArray(value) ? value.join(", ") : value;
  }
  return { status: response.statusCode ?? 0, headers, body: Buffer.concat(chunks).toString("utf8") };
}
