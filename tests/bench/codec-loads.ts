import { encodeKeyboardReports } from "../../protocols/codecs/hid-keyboard.ts";
import { encodeHidReports } from "../../protocols/codecs/hid-scanner.ts";
import { lineDecoders, streamCodecs } from "../../protocols/codecs.ts";
import { fromHex, fromLatin1, join } from "../../protocols/stream/bytes.ts";
import { cut } from "../../protocols/stream/cut.ts";
import { ordinaryFrames } from "../protocols/codecs/ordinary-frames.ts";
import { type CodecLoad, type Line, networkLine, serialLine, usbReports } from "./codecs.ts";

const copies = 2_000;

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
const keyboardReport = 8;
/** Of whole messages: what a report or a silence has ended. */
const messages: Readonly<Record<string, readonly [Uint8Array, Line]>> = {
  "serial-scanner": [fromLatin1(`]d2${elementString}\r`), serialLine],
  "hid-scanner": [join(...encodeHidReports("]d2", fromLatin1(elementString))), usbReports(64)],
  "hid-keyboard": [
    join(...encodeKeyboardReports("US", { text: "4006381333931", suffix: "Enter" })),
    usbReports(keyboardReport),
  ],
  "hid-8d": [fromHex("03040BFFA000") ?? new Uint8Array(), usbReports(6)],
  // The fastest line that brings them: what is decoded of a scan or a tag goes on to these.
  gs1: [fromLatin1(`]d2${elementString}`), serialLine],
  epc: [fromHex("3074257BF7194E4000001A85") ?? new Uint8Array(), serialLine],
};

const messageLoads = (): readonly CodecLoad[] =>
  Object.entries(messages).map(([name, [bytes, line]]) => {
    const decode = lineDecoders[name];
    if (decode === undefined) throw new Error(`no decoder is called ${name}`);
    const decodeAll = (): number => {
      let decoded = 0;
      for (let copy = 0; copy < copies; copy += 1) if (decode(bytes, { relaxed: false }).ok) decoded += 1;
      return decoded;
    };
    return { name, byteCount: copies * bytes.length, frameCount: copies, decodeAll, line };
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
