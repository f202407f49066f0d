import type { IncomingMessage } from "node:http";
import { epcisFindings } from "../protocols/epcis/epcis-check.ts";
import { epcisErrors, epcisSchemaThere } from "./gateway/epcis-schema.ts";

/** What a client may know of a repository's limits. */
export interface KnownLimits {
  /** It has asked for them, whether or not an answer came. */
  readonly hasAsked: boolean;
  readonly eventsMax: number;
}

interface EpcisDocument {
  readonly "@context": unknown;
  readonly epcisBody: { readonly eventList: readonly { readonly eventID: string }[] };
}

const version = /^2\.0(?:\.\d)?$/;
/** By method: headers that a request has to have, in this form. */
const everyHeader = {
  "gs1-epcis-version": version,
  "gs1-cbv-version": version,
  accept: /application\/(?:ld\+)?json.*application\/problem\+json/,
  host: /^127\.0\.0\.1:\d+$/,
};
const postHeaders = {
  "content-type": /^application\/(?:ld\+)?json$/,
  "gs1-capture-error-behaviour": /^(?:proceed|rollback)$/,
};

/** The rules of GS1's REST binding for clients that capture, by hand, below `path`: what a request lacks, in words. */
export function captureRules(path: string) {
  const schemaErrors = epcisSchemaThere("documents by the official schema") ? epcisErrors() : () => [];
  const forms = [/^(?:OPTIONS|POST) \/capture$/, /^GET \/capture\/[^/]+$/, /^GET \/events\/[^/]+$/];

  function documentComplaints(body: string, { hasAsked, eventsMax }: KnownLimits): readonly string[] {
    const document = JSON.parse(body) as EpcisDocument;
    const { eventList } = document.epcisBody;
    const context = document["@context"];
    const ids = new Set(eventList.map(({ eventID }) => eventID));
    return [
      ...epcisFindings(document).map((finding) => JSON.stringify(finding)),
      ...eventList
        .flatMap((event) => schemaErrors({ "@context": context, ...event }))
        .map((error) => JSON.stringify(error)),
      ...unless(ids.size === eventList.length, "an event twice in one document"),
      ...unless(eventList.length > 0, "a document without events"),
      ...unless(
        eventList.length <= eventsMax,
        `${eventList.length} events, more than the limit that was named`,
      ),
      ...unless(hasAsked, "sent before it asked for limits"),
    ];
  }

  return (request: IncomingMessage, body: string, limits: KnownLimits): readonly string[] => {
    const { method = "", url = "", headers, httpVersion } = request;
    const isPost = method === "POST";
    const length = { "content-length": new RegExp(`^${Buffer.byteLength(body)}$`) };
    const wanted = Object.entries({ ...everyHeader, ...(isPost ? { ...postHeaders, ...length } : {}) });
    const lacking = wanted.filter(([name, form]) => !form.test(String(headers[name])));
    const asked = `${method} ${url.startsWith(path) ? url.slice(path.length) : "elsewhere"}`;
    return [
      ...lacking.map(([name]) => `${asked}: ${name} is ${String(headers[name])}`),
      ...unless(
        forms.some((form) => form.test(asked)),
        `${asked} is nothing that the rules know`,
      ),
      ...unless(httpVersion === "1.1", `HTTP/${httpVersion}`),
      ...unless(!("gs1-epc-format" in headers), "gs1-epc-format is no header of a capture"),
      ...(isPost ? documentComplaints(body, limits) : unless(body === "", `${asked} with a body`)),
    ];
  };
}

const unless = (isRight: boolean, complaint: string): readonly string[] => (isRight ? [] : [complaint]);
