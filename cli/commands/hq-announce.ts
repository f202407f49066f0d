import { readFileSync } from "node:fs";
import { announceParcels } from "../../hq/announcing.ts";
import { hasValidCheckDigit } from "../../protocols/gs1/check-digit.ts";
import { newId } from "../../protocols/identity.ts";
import type { GatewayName } from "../../protocols/topics.ts";
import {
  type AnnouncedParcel,
  announcedParcelSchema,
  announcedParcelsMax,
} from "../../protocols/weighing/announce-parcels.ts";
import { exitCodes } from "../exit-codes.ts";
import { systemClock, systemRandom } from "../system.ts";
import { UsageError } from "../usage-error.ts";
import { type BrokerOptions, openBrokerLink } from "./broker-link.ts";

export interface AnnounceOptions extends BrokerOptions {
  /** `site/gateway`. */
  readonly to: string;
  /** `SSCC=KG` each. */
  readonly parcel: readonly string[];
  /** Lines of `SSCC,KG`. */
  readonly file?: string;
  readonly days: number;
  readonly wait: number;
}

const dayMs = 86_400_000;

/** `storewire hq announce`: tells a gateway what parcels should weigh; the result is the exit code. */
export async function hqAnnounce(options: AnnounceOptions): Promise<number> {
  const to = gatewayOf(options.to);
  const parcels = parcelsOf(options);
  const clock = systemClock();
  const complain = (words: string): void => console.error(`storewire: ${words}`);
  const link = openBrokerLink(options, "announce", complain);
  link.onDown((reason) => complain(`the link to ${options.url} is down: ${reason}`));
  const onDisk = await announceParcels({
    link,
    clock,
    origin: newId(clock, systemRandom),
    to,
    parcels,
    untilMs: clock.wallMs() + Math.round(options.days * dayMs),
    waitMs: options.wait * 1_000,
  });
  await link.close();
  const isDone = onDisk === parcels.length;
  const rest = isDone ? "" : `; ${parcels.length - onDisk} not answered for, announce them again`;
  complain(`${options.to} has ${onDisk} of ${parcels.length} parcels on disk${rest}`);
  return isDone ? exitCodes.done : exitCodes.unavailable;
}

function gatewayOf(words: string): GatewayName {
  const [, site, gateway] = /^([^/+#]+)\/([^/+#]+)$/.exec(words) ?? [];
  if (site === undefined || gateway === undefined)
    throw new UsageError(`"${words}" is no gateway: site/gateway`);
  return { site, gateway };
}

/** Every mistake at once; a parcel that is named twice with two weights is one. */
function parcelsOf({ parcel, file }: AnnounceOptions): readonly AnnouncedParcel[] {
  const named = parcel.map((words) => ({ place: `--parcel ${words}`, fields: words.split("=") }));
  const read = [...named, ...(file === undefined ? [] : linesOf(file))].map(parcelOf);
  const weights = new Map<string, string>();
  const mistakes: string[] = [];
  for (const each of read) {
    if (typeof each === "string") mistakes.push(each);
    else if ((weights.get(each.sscc) ?? each.kilograms) !== each.kilograms)
      mistakes.push(`${each.sscc} is named twice, ${weights.get(each.sscc)} and ${each.kilograms} kg`);
    else weights.set(each.sscc, each.kilograms);
  }
  if (mistakes.length > 0) throw new UsageError(mistakes.join("\n"));
  if (weights.size === 0) throw new UsageError("no parcel is named: --parcel SSCC=KG, or --file");
  // More would push each other out.
  if (weights.size > announcedParcelsMax)
    throw new UsageError(`${weights.size} parcels, and a gateway keeps ${announcedParcelsMax}`);
  return [...weights].map(([sscc, kilograms]) => ({ sscc, kilograms }));
}

interface Line {
  readonly place: string;
  readonly fields: readonly string[];
}

/** As spreadsheets write it: `SSCC,KG` or `SSCC;KG`, quotes and a first line of names allowed. */
function linesOf(file: string): readonly Line[] {
  const lines = readText(file)
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/);
  return lines.flatMap((text, index) => {
    const fields = text.split(/[,;\t]/).map((field) => field.trim().replace(/^"(.*)"$/, "$1"));
    const isHeader = index === 0 && !/\d/.test(text);
    return text.trim() === "" || isHeader ? [] : { place: `${file}:${index + 1}`, fields };
  });
}

function readText(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** A string says what is wrong with it. */
function parcelOf({ place, fields: [sscc, kilograms, ...more] }: Line): AnnouncedParcel | string {
  if (more.length > 0) return `${place}: SSCC and kilograms, and nothing else`;
  const { data, error } = announcedParcelSchema.safeParse({ sscc, kilograms });
  if (data === undefined) return `${place}: ${error.issues[0]?.message}`;
  return hasValidCheckDigit(data.sscc) ? data : `${place}: the check digit of ${data.sscc} is wrong`;
}
