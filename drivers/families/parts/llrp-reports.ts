import type { LlrpLong, LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import { isLong, longOf, shortOf, textOf, wholeOf } from "../../../protocols/codecs/llrp/find.ts";
import { longByType } from "../../../protocols/codecs/llrp/parameters.ts";
import { llrpStatuses } from "../../../protocols/codecs/llrp/tables.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import type { Fault } from "../../../protocols/faults.ts";
import type { SessionEffect } from "../../driver.ts";
import type { Capabilities } from "./llrp-capabilities.ts";
import { antennaVerdict } from "./llrp-capabilities.ts";
import { tagSeen } from "./tag.ts";

const microsecondsPerMs = 1_000;

/** EPC-96 has a parameter of its own; every other length comes with its count of bits. */
function epcOf(parameters: readonly LlrpParameter[]): string {
  const short = shortOf(parameters, "EPC_96");
  if (typeof short === "string") return short;
  const data = longOf(parameters, "EPCData")[0]?.fields["EPC"];
  return typeof data === "object" && "hex" in data ? data.hex : "";
}

/** When the tag was seen by the reader's clock, the last time where a report counts several; its uptime if it has no more. */
function readerMsOf(parameters: readonly LlrpParameter[]): number | undefined {
  const stamps = [
    "LastSeenTimestampUTC",
    "FirstSeenTimestampUTC",
    "LastSeenTimestampUptime",
    "FirstSeenTimestampUptime",
  ];
  const [stamp] = stamps.flatMap((name) => wholeOf(shortOf(parameters, name)) ?? []);
  return stamp === undefined ? undefined : stamp / microsecondsPerMs;
}

export function tagEffects(
  { parameters }: LlrpLong,
  { frequenciesKhz }: Capabilities,
): readonly SessionEffect[] {
  const antenna = wholeOf(shortOf(parameters, "AntennaID"));
  const rssiDbm = wholeOf(shortOf(parameters, "PeakRSSI"));
  const channel = wholeOf(shortOf(parameters, "ChannelIndex")) ?? 0;
  const frequencyKhz = frequenciesKhz[channel - 1];
  const seen = {
    epcHex: epcOf(parameters),
    // The reading has room for 255 antennas; no reader has more.
    ...(antenna === undefined || antenna > 255 ? {} : { antenna }),
    ...(rssiDbm === undefined ? {} : { rssiDbm }),
    ...(frequencyKhz === undefined ? {} : { frequencyMhz: frequencyKhz / 1_000 }),
  };
  return tagSeen(seen, readerMsOf(parameters));
}

interface Verdict {
  readonly place: string;
  readonly fault: Fault | undefined;
}
type EventSays = (event: LlrpLong) => Verdict | undefined;

const trouble = (place: string, detail: string): Verdict => ({
  place,
  fault: { code: "reader-error", detail },
});
export const bufferPlace = "report buffer";
export const exceptionPlace = "reader";

/** What an event means for the reader's health. */
const eventSays: Readonly<Record<string, EventSays>> = {
  AntennaEvent: ({ fields }) => antennaVerdict(wholeOf(fields["AntennaID"]) ?? 0, fields["EventType"] === 1),
  ReportBufferLevelWarningEvent: ({ fields }) =>
    trouble(bufferPlace, `the report buffer is ${wholeOf(fields["ReportBufferPercentageFull"]) ?? 0} % full`),
  ReportBufferOverflowErrorEvent: () => trouble(bufferPlace, "the report buffer overflowed: tags are lost"),
  ReaderExceptionEvent: ({ fields }) => trouble(exceptionPlace, `exception: ${textOf(fields["Message"])}`),
};

/** The parts of an event notification. */
export function eventsOf({ parameters }: LlrpMessage): readonly LlrpLong[] {
  return longOf(parameters, "ReaderEventNotificationData").flatMap((data) => data.parameters.filter(isLong));
}

export const verdictsOf = (events: readonly LlrpLong[]): readonly Verdict[] =>
  events.flatMap((event) => eventSays[event.name]?.(event) ?? []);

/** The reader's clock as an event notification tells it. */
export function timeEffects(events: readonly LlrpLong[]): readonly SessionEffect[] {
  const [stamp] = ["UTCTimestamp", "Uptime"].flatMap((name) => longOf(events, name));
  const microseconds = wholeOf(stamp?.fields["Microseconds"]);
  if (microseconds === undefined) return [];
  return [{ kind: "reader-time", readerMs: microseconds / microsecondsPerMs, asked: false }];
}

export const eventStatus = (events: readonly LlrpLong[], name: string): number | undefined =>
  wholeOf(longOf(events, name)[0]?.fields["Status"]);

/** What the reader refused and why; undefined when it did what was asked. */
export function refusalOf(request: string, { parameters }: LlrpMessage): Fault | undefined {
  const [status] = longOf(parameters, "LLRPStatus");
  const code = wholeOf(status?.fields["StatusCode"]) ?? 0;
  if (status === undefined || code === 0) return undefined;
  const text = textOf(status.fields["ErrorDescription"]);
  const words = `${request} refused: ${wordsOf(code)}${wherever(status.parameters)}`;
  return { code: "reader-error", detail: text === "" ? words : `${words}: ${text}` };
}

const wordsOf = (code: number): string => `${llrpStatuses[code] ?? "unknown error"} (${code})`;

/** The way down to what was wrong: ", in AISpec: ..., field 2: ...". */
function wherever(parameters: readonly LlrpParameter[]): string {
  return parameters
    .filter(isLong)
    .map(({ name, fields, parameters: within }) => {
      const words = wordsOf(wholeOf(fields["ErrorCode"]) ?? 0);
      const type = wholeOf(fields["ParameterType"]) ?? 0;
      const place =
        name === "FieldError"
          ? `field ${wholeOf(fields["FieldNum"]) ?? 0}`
          : (longByType[type]?.name ?? `parameter ${type}`);
      return `, ${place}: ${words}${wherever(within)}`;
    })
    .join("");
}
