import type { streamCodecs } from "../../../protocols/codecs.ts";
import { fromHex, fromLatin1, join } from "../../../protocols/stream/bytes.ts";

const hex = (text: string): Uint8Array => {
  const bytes = fromHex(text);
  if (bytes === undefined) throw new Error(`not hex: ${text}`);
  return bytes;
};

/** LLRP: a report of as many tags as a pallet brings before a dock door at once. */
const tagReport = hex("00F0 0022 8D 3005FB63AC1F3841EC880467 81 0001 86 CE 82 0004EC2EA8354C09 88 0001");
const palletReport = join(hex("043D 0000044A 4095892F"), ...Array.from({ length: 32 }, () => tagReport));

/** What such a line carries on a busy day, as its manual's examples write it; by the codec's name. */
export const ordinaryFrames: Readonly<Record<keyof typeof streamCodecs, readonly Uint8Array[]>> = {
  "r2000-a0": [
    hex("A0 13 01 89 04 3000 E20030166613012115 5074EF 45 BF"),
    hex("A0 0A 01 89 00 0011 00000005 B6"),
  ],
  "m100-bb": [
    hex("BB 02 22 00 11 C9 3400 30751FEB705C5904E3D50D70 3A76 EF 7E"),
    hex("BB 01 FF 00 01 15 16 7E"),
  ],
  "r200-aa": [hex("AA 00 AA 00 00 AA DD")],
  llrp: [palletReport, join(hex("043D 0000002C 40958930"), tagReport), hex("043E 0000000A 00000000")],
  "chafon-crc16": [
    hex("15 00 01 03 01 01 0C E28068940000500A9D2298C6 48 25 7E"),
    hex("07 00 01 01 01 00 1E 4B"),
  ],
  "mercury-ff": [
    hex(
      "FF 28 22 0000 10001B01FF0101 C4 11 0E1640 00000127 0000 05 0000 0F 0080 3000 000000000000000000001545 E94A 561D",
    ),
    hex("FF 00 21 0400 B483"),
  ],
  "chafon-cf": [hex("CF 00 0002 01 00 9EEA"), hex("CF FF 0072 00 17A5")],
  "mt-sics": [fromLatin1("S S     100.00 g\r\n"), fromLatin1("S D     129.07 g\r\n")],
  "toledo-8217": [fromLatin1("\u000201.250\r")],
  "cas-ap1": [hex("01 02 53 20 30 30 2E 34 38 38 6B 67 65 03 04")],
  "yaohua-tf0": [fromLatin1("\u0002+001560019\u0003"), fromLatin1("\u0002+00020521E\u0003")],
  "yaohua-cmd": [fromLatin1("\u0002AB+008880313\u0003"), fromLatin1("\u0002AB03\u0003")],
  "yaohua-tf1": [fromLatin1("=000.3000"), fromLatin1("=00.1000-")],
  "yaohua-tf2": [fromLatin1("=0003.000"), fromLatin1("=-0001.00")],
  "toledo-continuous": [
    hex("02 31 30 20 202020323030 202020203030 0D 1E"),
    hex("02 2C 38 20 202031323530 202020202030 0D 15"),
  ],
  "nci-ecr": [fromLatin1("\n0001.50LB\r\n00\r\u0003"), fromLatin1("\n0001.50LB\r\n10\r\u0003")],
  "cas-22": [hex("53 54 2C 47 53 2C 01 C1 2C 20 20 20 31 32 2E 33 34 20 6B 67 0D 0A")],
  "ascii-st-us": [fromLatin1("ST,GS,+   5.230kg\r\n"), fromLatin1("US,+0004775.7   g\r\n")],
  "digi-ds": [fromLatin1("\u0001\r0  1.250\r4  0.100\r\n"), fromLatin1("0  1.250\r4  0.100\r\n")],
  sma: [fromLatin1("\n 1G     12.340kg \r"), fromLatin1("\nZ1G      0.000lb \r")],
  tfmini: [hex("59 59 C8 00 E2 04 C8 08 30"), hex("59 59 00 00 FF FF C8 08 80")],
  "modbus-rtu": [hex("01030241308800"), hex("011000000008C1CF")],
  "escpos-status": [hex("12"), hex("16")],
};
