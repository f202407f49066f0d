import { describe, expect, it } from "vitest";
import { describeLlrp } from "../../../protocols/codecs/llrp/describe.ts";
import { llrp } from "../../../protocols/codecs/llrp.ts";
import { fromLatin1, toHex } from "../../../protocols/stream/bytes.ts";
import { longHex, messageOf, report } from "./llrp-messages.ts";
import { hex } from "./vectors.ts";

const said = (digits: string): unknown => {
  const result = llrp.decode(hex(digits));
  return result.ok ? describeLlrp(result.value) : result;
};

describe("what llrp says", () => {
  it("of a reader by Zebra, with its channel, times and counts", () => {
    const epc = "e2005037590701270270edaf";
    expect(said(`043d0000002a000001be00f000208d${epc}87001884000591e2f0b6d69a8814fe`)).toEqual({
      version: 1,
      messageType: 61,
      message: "RO_ACCESS_REPORT",
      messageId: 446,
      tags: [
        {
          EPC_96: epc,
          epc,
          ChannelIndex: 24,
          LastSeenTimestampUTC: 1_567_778_770_704_026,
          TagSeenCount: 5374,
        },
      ],
    });
  });

  it("of each value that a tag may come with", () => {
    const content =
      "89 00000001 8e 0002 8a 0003 83 0000000000000004 85 0000000000000005 8b 0006 8c 3000 90 00000007 91 0008 92 0009000a 93 000b 94 000c 8f 000d";
    expect(said(report(longHex(240, content)))).toMatchObject({
      tags: [
        {
          ROSpecID: 1,
          SpecIndex: 2,
          InventoryParameterSpecID: 3,
          FirstSeenTimestampUptime: 4,
          LastSeenTimestampUptime: 5,
          C1G2_CRC: 6,
          C1G2_PC: 0x3000,
          AccessSpecID: 7,
          OpSpecID: 8,
          C1G2SingulationDetails: [9, 10],
          C1G2XPCW1: 11,
          C1G2XPCW2: 12,
          ClientRequestOpSpecResult: 13,
        },
      ],
    });
  });

  it("of an EPC whose bits do not fill its last byte", () => {
    expect(said(report(longHex(240, longHex(241, "000c abc0"))))).toMatchObject({
      tags: [{ EPCData: { bits: 12, epc: "abc0" }, epc: "abc0" }],
    });
  });

  it("of a clock beyond what a number holds", () => {
    const tags = [{ FirstSeenTimestampUTC: "18446744073709551615" }];
    expect(said(report(longHex(240, "82ffffffffffffffff")))).toMatchObject({ tags });
  });

  it("of an error, in UTF-8", () => {
    const words = toHex(new TextEncoder().encode("天线"));
    expect(said(messageOf(100, longHex(287, `0064 0006 ${words}`)))).toMatchObject({
      message: "ERROR_MESSAGE",
      status: { code: 100, description: "天线" },
    });
  });

  it("of events that a technician should know", () => {
    const event = (parameter: string): unknown =>
      said(messageOf(63, longHex(246, `${longHex(129, "0000000000000009")}${parameter}`)));
    expect(event(longHex(255, "00 0003"))).toMatchObject({
      uptimeMicroseconds: 9,
      AntennaEvent: { EventType: 0, AntennaID: 3 },
    });
    expect(event(longHex(250, "50"))).toMatchObject({
      ReportBufferLevelWarningEvent: { ReportBufferPercentageFull: 80 },
    });
    expect(event(longHex(251, ""))).toMatchObject({ ReportBufferOverflowErrorEvent: {} });
    expect(event(longHex(252, "0002 5243"))).toMatchObject({ ReaderExceptionEvent: { Message: "RC" } });
  });

  it("of a reader's capabilities", () => {
    const firmware = toHex(fromLatin1("5.12"));
    const general = longHex(137, `0004 4000 0000651a 001e8485 0004 ${firmware}`);
    expect(said(messageOf(11, `${longHex(287, "0000 0000")}${general}`))).toMatchObject({
      message: "GET_READER_CAPABILITIES_RESPONSE",
      status: { code: 0 },
      antennaCount: 4,
      manufacturer: 25_882,
      model: 2_000_005,
      firmware: "5.12",
    });
  });

  it("of what is asked for", () => {
    expect(said(messageOf(1, "00"))).toMatchObject({ requestedData: 0 });
    expect(said(messageOf(2, "0001 02 0003 0004"))).toMatchObject({
      antennaId: 1,
      requestedData: 2,
      gpiPort: 3,
      gpoPort: 4,
    });
    expect(said(messageOf(41, "00000005"))).toMatchObject({ message: "DELETE_ACCESSSPEC", specId: 5 });
    expect(said(messageOf(40, longHex(207, "00000001 0002 01 80 00000003")))).toMatchObject({
      accessSpecId: 1,
      currentState: true,
    });
  });

  it("of what was done to a tag's memory, each time", () => {
    const reads = `${longHex(349, "00 0007 0002 aabbccdd")}${longHex(349, "01 0008 0000")}`;
    expect(said(report(longHex(240, reads)))).toMatchObject({
      tags: [
        {
          C1G2ReadOpSpecResult: [
            { Result: 0, OpSpecID: 7, ReadData: "aabbccdd" },
            { Result: 1, OpSpecID: 8, ReadData: "" },
          ],
        },
      ],
    });
  });

  it("of what a vendor adds to a tag", () => {
    const phase = { VendorIdentifier: 25_882, ParameterSubtype: 56, Data: "0fa0" };
    expect(said(report(longHex(240, longHex(1023, "0000651a 00000038 0fa0"))))).toMatchObject({
      tags: [{ Custom: [phase] }],
    });
  });
});
