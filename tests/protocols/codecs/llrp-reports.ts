import fc from "fast-check";
import type { LlrpParameter } from "../../../protocols/codecs/llrp/content.ts";
import type { LlrpMessage } from "../../../protocols/codecs/llrp.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";

const whole = (bytes: number): fc.Arbitrary<number> => fc.nat({ max: 256 ** bytes - 1 });
/** Microseconds of the years 1970 to 2100: both peers show times as dates. */
const microseconds = fc.integer({ min: 0, max: 4_102_444_800_000_000 });
const hexOf = (bytes: number): fc.Arbitrary<string> =>
  fc.uint8Array({ minLength: bytes, maxLength: bytes }).map(toHex);

/** Each value that a reader may report of a tag, in the standard's order, which llrpjs insists on; any may be left out. */
const values: Readonly<Record<string, fc.Arbitrary<number>>> = {
  ROSpecID: whole(4),
  SpecIndex: whole(2),
  InventoryParameterSpecID: whole(2),
  AntennaID: whole(2),
  PeakRSSI: fc.integer({ min: -128, max: 127 }),
  ChannelIndex: whole(2),
  FirstSeenTimestampUTC: microseconds,
  FirstSeenTimestampUptime: microseconds,
  LastSeenTimestampUTC: microseconds,
  LastSeenTimestampUptime: microseconds,
  TagSeenCount: whole(2),
  C1G2_PC: whole(2),
  C1G2_CRC: whole(2),
  AccessSpecID: whole(4),
};

const epc: fc.Arbitrary<LlrpParameter> = fc.oneof(
  hexOf(12).map((value) => ({ name: "EPC_96", value })),
  fc.integer({ min: 1, max: 31 }).chain((words) =>
    hexOf(words * 2).map((hex) => ({
      name: "EPCData",
      fields: { EPC: { bits: words * 16, hex } },
      parameters: [],
    })),
  ),
);
const observed = fc
  .subarray(Object.keys(values))
  .chain((names) =>
    fc.tuple(
      ...names.map((name) =>
        (values[name] ?? fc.constant(0)).map((value): LlrpParameter => ({ name, value })),
      ),
    ),
  );
const tagReport = fc
  .tuple(epc, observed)
  .map(
    ([tag, others]): LlrpParameter => ({ name: "TagReportData", fields: {}, parameters: [tag, ...others] }),
  );

/** Reports as readers send them: up to 45 tags, with whatever was selected. */
export const accessReport: fc.Arbitrary<LlrpMessage> = fc
  .tuple(whole(4), fc.array(tagReport, { minLength: 1, maxLength: 45 }))
  .map(([id, parameters]) => ({ version: 1, name: "RO_ACCESS_REPORT", id, fields: {}, parameters }));
