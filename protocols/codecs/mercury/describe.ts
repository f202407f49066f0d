import { fromHex } from "../../stream/bytes.ts";
import { tagCrcOf } from "../magicrf/content.ts";
import type { MercuryFrame } from "../mercury-ff.ts";
import type { ContentOf, MercuryContent, MercuryTag } from "./content.ts";
import { mercuryOpcode } from "./content.ts";

/** Whether the tag's own CRC fits its PC and EPC. */
export function gen2CrcFits({ pc, epc, tagCrc }: Pick<MercuryTag, "pc" | "epc" | "tagCrc">): boolean {
  return tagCrcOf(fromHex(pc + epc) ?? new Uint8Array()) === Number.parseInt(tagCrc, 16);
}

/** What the module says in the midst of a continuous inventory, by status. */
const streamEvents: Readonly<Record<number, string>> = {
  0x0400: "keep-alive",
  0x0504: "temperature-throttle",
  0x0505: "high-return-loss",
};

const described: {
  readonly [Kind in MercuryContent["kind"]]: (content: ContentOf<Kind>) => Record<string, unknown>;
} = {
  version: ({ firmware }) => ({ fwVersion: firmware }),
  protocol: ({ protocol }) => ({ protocol }),
  region: ({ region }) => ({ region }),
  power: ({ centiDbm }) => ({ powerCdBm: centiDbm }),
  "read-single": ({ timeoutMs }) => ({ timeoutMs }),
  "single-tag": ({ epc, tagCrc }) => ({ epc, tagCrc }),
  tag: ({
    kind,
    rssiDbm,
    antennaTx,
    antennaRx,
    frequencyKhz,
    msSinceKeepAlive,
    pc,
    epc,
    tagCrc,
    ...more
  }) => ({
    event: kind,
    rssiDbm,
    antennaTx,
    antennaRx,
    freqKHz: frequencyKhz,
    msSinceKeepAlive,
    phase: more.phaseDegrees,
    protocol: more.protocol,
    pc,
    epc,
    tagCrc,
    tagCrcOk: gen2CrcFits({ pc, epc, tagCrc }),
  }),
  data: () => ({}),
};

function describeContent<Kind extends MercuryContent["kind"]>(
  content: ContentOf<Kind>,
): Record<string, unknown> {
  return described[content.kind](content);
}

/** Ten bytes behind a good status are the module's temperature. */
const temperatureDigits = 20;

function streamEvent({ status, content }: MercuryFrame & { readonly from: "module" }): string | undefined {
  const isTemperature = status === 0 && content.kind === "data" && content.data.length === temperatureDigits;
  return isTemperature ? "temperature" : streamEvents[status];
}

function describeStatus(frame: MercuryFrame): Record<string, unknown> {
  if (frame.from === "host") return {};
  const event = frame.opcode === mercuryOpcode.readMany ? streamEvent(frame) : undefined;
  return {
    status: frame.status.toString(16).padStart(4, "0"),
    ...(event === undefined ? {} : { event }),
  };
}

/** Under the names of the published vectors. */
export function describeMercury(frame: MercuryFrame): Record<string, unknown> {
  const opcode = frame.opcode.toString(16).padStart(2, "0");
  return { opcode, ...describeStatus(frame), ...describeContent(frame.content) };
}
