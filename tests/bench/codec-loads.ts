import { hid8d, hidScaleReportBytes } from "../../protocols/codecs/hid-8d.ts";
import {
  encodeKeyboardReports,
  hidKeyboardInitial,
  hidKeyboardStep,
  keyboardReportBytes,
} from "../../protocols/codecs/hid-keyboard.ts";
import {
  encodeHidReports,
  hidReportBytes,
  hidScannerInitial,
  hidScannerStep,
} from "../../protocols/codecs/hid-scanner.ts";
import { serialScannerInitial, serialScannerStep } from "../../protocols/codecs/serial-scanner.ts";
import { lineDecoders, streamCodecs } from "../../protocols/codecs.ts";
import { decodeEpc } from "../../protocols/epc/decode-epc.ts";
import { readGs1Scan } from "../../protocols/gs1/scan.ts";
import { fromHex, fromLatin1, join, toLatin1 } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import { ordinaryFrames } from "../protocols/codecs/ordinary-frames.ts";
import { type CodecLoad, type Line, networkLine, serialLine, usbReports } from "./codecs.ts";

const copies = 2_000;
const nothing = new Uint8Array();

/** What we send to a printer is encoded here and decoded by simulators only. */
const sentOnly = ["escpos"];

/** Of frames in a stream; one without frames here is a mistake. */
const streamLoads = (): readonly CodecLoad[] =>
  Object.entries(streamCodecs)
    .filter(([name]) => !sentOnly.includes(name))
    .map(([name, codec]) => {
      const samples = ordinaryFrames[name];
      if (samples === undefined) throw new Error(`no frames to measure ${name} with`);
      const stream = join(...Array.from({ length: copies }, () => samples).flat());
      const decodeAll = (): number => {
        const { pieces } = cut(stream, codec.probe, codec.frameBytesMax);
        return pieces.filter(({ kind, bytes }) => kind === "frame" && codec.decode(bytes).ok).length;
      };
      const line = name === "llrp" ? networkLine : serialLine;
      return { name, byteCount: stream.length, frameCount: copies * samples.length, decodeAll, line };
    });

const elementString = "0104012345123456213A7K-00014\u001d17270131";
const framing = { suffix: "cr", aimPrefix: true } as const;
const setup = { layout: "US" } as const;

/** Of whole messages; each call takes one of them apart and says how many codes that were. */
const messages: Readonly<
  Record<
    string,
    {
      readonly chunks: readonly Uint8Array[];
      readonly line: Line;
      readonly codesIn: (chunks: readonly Uint8Array[]) => number;
    }
  >
> = {
  "serial-scanner": {
    chunks: [fromLatin1(`]d2${elementString}\r`)],
    line: serialLine,
    codesIn: ([bytes = nothing]) =>
      serialScannerStep(framing, serialScannerInitial, { kind: "bytes", bytes }).outputs.length,
  },
  "hid-scanner": {
    chunks: encodeHidReports("]d2", fromLatin1(elementString)),
    line: usbReports(hidReportBytes),
    codesIn: ([report = nothing]) => hidScannerStep(hidScannerInitial, report).outcomes.length,
  },
  "hid-keyboard": {
    chunks: encodeKeyboardReports(setup, { text: "4006381333931", suffix: "Enter" }),
    line: usbReports(keyboardReportBytes),
    codesIn(reports) {
      let state = hidKeyboardInitial;
      let codes = 0;
      for (const report of reports) {
        const step = hidKeyboardStep(setup, state, report);
        state = step.state;
        codes += step.outcomes.length;
      }
      return codes;
    },
  },
  "hid-8d": {
    chunks: [fromHex("03040BFFA000") ?? nothing],
    line: usbReports(hidScaleReportBytes),
    codesIn: ([report = nothing]) => Number(hid8d.decode(report).ok),
  },
  // The fastest line that brings them: what is decoded of a scan or a tag goes on to these.
  gs1: {
    chunks: [fromLatin1(`]d2${elementString}`)],
    line: serialLine,
    codesIn: ([bytes = nothing]) => Number(readGs1Scan({ text: toLatin1(bytes) }).ok),
  },
  epc: {
    chunks: [fromHex("3074257BF7194E4000001A85") ?? nothing],
    line: serialLine,
    codesIn: ([bytes = nothing]) => Number(decodeEpc(bytes).ok),
  },
};

const messageLoads = (): readonly CodecLoad[] =>
  Object.entries(messages).map(([name, { chunks, line, codesIn }]) => {
    const decodeAll = (): number => {
      let codes = 0;
      for (let copy = 0; copy < copies; copy += 1) codes += codesIn(chunks);
      return codes;
    };
    return { name, byteCount: copies * join(...chunks).length, frameCount: copies, decodeAll, line };
  });

/** A load for every codec that reads what devices say. */
export function codecLoads(): readonly CodecLoad[] {
  const loads = [...streamLoads(), ...messageLoads()];
  const missing = Object.keys(lineDecoders).filter(
    (name) => !sentOnly.includes(name) && !loads.some((load) => load.name === name),
  );
  if (missing.length > 0) throw new Error(`nothing to measure ${missing.join(", ")} with`);
  return loads;
}
