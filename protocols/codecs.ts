import type { Decoded, StreamCodec } from "./codec.ts";
import { decoded } from "./codec.ts";
import { asciiStUs, describeAsciiStUs } from "./codecs/ascii-st-us.ts";
import { cas22, describeCas22 } from "./codecs/cas-22.ts";
import { casAp1, describeCasAp1 } from "./codecs/cas-ap1.ts";
import { describeChafon } from "./codecs/chafon/describe.ts";
import { chafonCf, describeChafonCf } from "./codecs/chafon-cf.ts";
import { chafonCrc16 } from "./codecs/chafon-crc16.ts";
import { describeDigiDs, digiDs } from "./codecs/digi-ds.ts";
import { describeFullStatus, escposFullStatus } from "./codecs/escpos/full-status.ts";
import { describeEscpos, escpos } from "./codecs/escpos.ts";
import { escposStatus } from "./codecs/escpos-status.ts";
import { describeHid8d, hid8d } from "./codecs/hid-8d.ts";
import type { DecodeText } from "./codecs/hid-keyboard/typing.ts";
import { decodeHidKeyboardLine } from "./codecs/hid-keyboard.ts";
import { decodeHidScannerLine } from "./codecs/hid-scanner.ts";
import { describeLlrp } from "./codecs/llrp/describe.ts";
import { llrp } from "./codecs/llrp.ts";
import { m100Bb } from "./codecs/m100-bb.ts";
import { describeMagicrf } from "./codecs/magicrf/describe.ts";
import { describeMercury } from "./codecs/mercury/describe.ts";
import { mercuryFf } from "./codecs/mercury-ff.ts";
import { modbusRtu } from "./codecs/modbus-rtu.ts";
import { describeMtSics, mtSics } from "./codecs/mt-sics.ts";
import { describeNciEcr, nciEcr } from "./codecs/nci-ecr.ts";
import { r200Aa } from "./codecs/r200-aa.ts";
import { describeR2000, r2000A0 } from "./codecs/r2000-a0.ts";
import { yaohuaPlainWeight } from "./codecs/scale/yaohua-plain.ts";
import { decodeSerialScannerLine } from "./codecs/serial-scanner.ts";
import { describeSma, sma } from "./codecs/sma.ts";
import { describeTfmini, tfmini } from "./codecs/tfmini.ts";
import { describeToledo8217, toledo8217 } from "./codecs/toledo-8217.ts";
import { describeToledoContinuous, toledoContinuous } from "./codecs/toledo-continuous.ts";
import { describeYaohuaCmd, yaohuaCmd } from "./codecs/yaohua-cmd.ts";
import { describeYaohuaTf0, yaohuaTf0 } from "./codecs/yaohua-tf0.ts";
import { yaohuaTf1 } from "./codecs/yaohua-tf1.ts";
import { yaohuaTf2 } from "./codecs/yaohua-tf2.ts";
import { decodeEpcLine } from "./epc/epc-line.ts";
import { decodeGs1Line } from "./gs1/gs1-line.ts";

/** All protocols of frames in a byte stream, by name. */
export const streamCodecs: Readonly<Record<string, StreamCodec<unknown>>> = {
  "r2000-a0": r2000A0,
  "m100-bb": m100Bb,
  "r200-aa": r200Aa,
  llrp,
  "chafon-crc16": chafonCrc16,
  "chafon-cf": chafonCf,
  "mercury-ff": mercuryFf,
  "mt-sics": mtSics,
  "toledo-8217": toledo8217,
  "cas-ap1": casAp1,
  "yaohua-tf0": yaohuaTf0,
  "yaohua-cmd": yaohuaCmd,
  "yaohua-tf1": yaohuaTf1,
  "yaohua-tf2": yaohuaTf2,
  "toledo-continuous": toledoContinuous,
  "nci-ecr": nciEcr,
  "cas-22": cas22,
  "ascii-st-us": asciiStUs,
  "digi-ds": digiDs,
  sma,
  tfmini,
  escpos,
  "escpos-status": escposStatus,
  "modbus-rtu": modbusRtu,
};

export interface LineOptions {
  /** Accept what strict GS1 rules refuse. */
  readonly relaxed: boolean;
  /** Reads GBK, for scanners that type Chinese by its numbers. */
  readonly decodeGbk?: DecodeText;
}

/** Takes the bytes of one captured frame or message apart, under the names of the published vectors. */
export type LineDecoder = (bytes: Uint8Array, options: LineOptions) => Decoded<object>;

const describing =
  <Frame>(codec: Pick<StreamCodec<Frame>, "decode">, describe: (frame: Frame) => object): LineDecoder =>
  (bytes) => {
    const frame = codec.decode(bytes);
    return frame.ok ? decoded(describe(frame.value)) : frame;
  };

/** Every codec of `storewire decode`, by the name that it takes there. */
export const lineDecoders: Readonly<Record<string, LineDecoder>> = {
  "r2000-a0": describing(r2000A0, describeR2000),
  "m100-bb": describing(m100Bb, describeMagicrf),
  "r200-aa": describing(r200Aa, describeMagicrf),
  llrp: describing(llrp, describeLlrp),
  "chafon-crc16": describing(chafonCrc16, describeChafon),
  "chafon-cf": describing(chafonCf, describeChafonCf),
  "mercury-ff": describing(mercuryFf, describeMercury),
  "mt-sics": describing(mtSics, describeMtSics),
  "toledo-8217": describing(toledo8217, describeToledo8217),
  "cas-ap1": describing(casAp1, describeCasAp1),
  "yaohua-tf0": describing(yaohuaTf0, describeYaohuaTf0),
  "yaohua-cmd": describing(yaohuaCmd, describeYaohuaCmd),
  "yaohua-tf1": describing(yaohuaTf1, yaohuaPlainWeight),
  "yaohua-tf2": describing(yaohuaTf2, yaohuaPlainWeight),
  "toledo-continuous": describing(toledoContinuous, describeToledoContinuous),
  "nci-ecr": describing(nciEcr, describeNciEcr),
  "cas-22": describing(cas22, describeCas22),
  "ascii-st-us": describing(asciiStUs, describeAsciiStUs),
  "digi-ds": describing(digiDs, describeDigiDs),
  sma: describing(sma, describeSma),
  tfmini: describing(tfmini, describeTfmini),
  "hid-8d": describing(hid8d, describeHid8d),
  escpos: describing(escpos, describeEscpos),
  "modbus-rtu": (bytes) => modbusRtu.decode(bytes),
  "escpos-status": describing(escposFullStatus, describeFullStatus),
  "serial-scanner": decodeSerialScannerLine,
  "hid-keyboard": (bytes, { decodeGbk }) => decodeHidKeyboardLine(bytes, decodeGbk),
  "hid-scanner": decodeHidScannerLine,
  epc: decodeEpcLine,
  gs1: decodeGs1Line,
};
