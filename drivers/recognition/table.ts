import { asciiStUs } from "../../protocols/codecs/ascii-st-us.ts";
import { cas22 } from "../../protocols/codecs/cas-22.ts";
import { casAp1 } from "../../protocols/codecs/cas-ap1.ts";
import { chafonCrcOf } from "../../protocols/codecs/chafon/crc.ts";
import { chafonCf } from "../../protocols/codecs/chafon-cf.ts";
import { chafonCrc16 } from "../../protocols/codecs/chafon-crc16.ts";
import { digiDs } from "../../protocols/codecs/digi-ds.ts";
import { escposStatus } from "../../protocols/codecs/escpos-status.ts";
import { m100Bb } from "../../protocols/codecs/m100-bb.ts";
import type { MagicrfFrame } from "../../protocols/codecs/magicrf/frame.ts";
import { mercuryFf } from "../../protocols/codecs/mercury-ff.ts";
import { mtSics } from "../../protocols/codecs/mt-sics.ts";
import { nciEcr } from "../../protocols/codecs/nci-ecr.ts";
import { r200Aa } from "../../protocols/codecs/r200-aa.ts";
import { closePacket } from "../../protocols/codecs/r2000-a0/packet.ts";
import { r2000Broadcast, r2000Command } from "../../protocols/codecs/r2000-a0/tables.ts";
import { r2000A0 } from "../../protocols/codecs/r2000-a0.ts";
import { sma } from "../../protocols/codecs/sma.ts";
import { tfmini } from "../../protocols/codecs/tfmini.ts";
import { toledo8217 } from "../../protocols/codecs/toledo-8217.ts";
import { toledoContinuous } from "../../protocols/codecs/toledo-continuous.ts";
import { yaohuaCmd } from "../../protocols/codecs/yaohua-cmd.ts";
import { yaohuaTf0 } from "../../protocols/codecs/yaohua-tf0.ts";
import { yaohuaTf1 } from "../../protocols/codecs/yaohua-tf1.ts";
import { yaohuaTf2 } from "../../protocols/codecs/yaohua-tf2.ts";
import { fromLatin1, join, toLatin1 } from "../../protocols/stream/bytes.ts";
import { type Likeness, spokenBy } from "./spoken.ts";

/** How a family on a serial line is recognised. */
export interface Recognition {
  /** The driver's name; a row for a family that the catalog does not have is not asked for. */
  readonly driver: string;
  readonly like: Likeness;
}

/** A question, and the families that may answer it. */
export interface Question {
  readonly words: string;
  readonly bytes: Uint8Array;
  /** Some answer only a second word, which depends on the first. */
  readonly goesOn?: (heard: Uint8Array) => Uint8Array | undefined;
  readonly of: readonly Recognition[];
}

/** What a scale says that was asked for its weight, whether it has one or not. */
const answersWeight = ({ kind }: { readonly kind: string }): boolean =>
  kind === "weight" || kind === "status";
const weighs = (frame: { readonly kind: string }): boolean => frame.kind === "weight";

/**
 * Families that speak by themselves, heard without a word from us. Two frames, because one may be chance at a
 * wrong rate. Those with a check come before those without: what fits both alike is the one that is proven.
 */
export const heardUnasked: readonly Recognition[] = [
  { driver: "tfmini", like: spokenBy(tfmini, { proves: () => true, framesMin: 2 }) },
  { driver: "yaohua-tf0", like: spokenBy(yaohuaTf0, { proves: () => true, framesMin: 2 }) },
  { driver: "toledo-continuous", like: spokenBy(toledoContinuous, { proves: () => true, framesMin: 2 }) },
  { driver: "cas-22", like: spokenBy(cas22, { proves: () => true, framesMin: 2 }) },
  { driver: "ascii-st-us", like: spokenBy(asciiStUs, { proves: weighs, framesMin: 2 }) },
  { driver: "digi-ds", like: spokenBy(digiDs, { proves: () => true, framesMin: 2 }) },
  { driver: "mt-sics", like: spokenBy(mtSics, { proves: weighs, framesMin: 2 }) },
  { driver: "yaohua-tf1", like: spokenBy(yaohuaTf1, { proves: () => true, framesMin: 2 }) },
  { driver: "yaohua-tf2", like: spokenBy(yaohuaTf2, { proves: () => true, framesMin: 2 }) },
  // A reader that was left in the midst of an inventory.
  {
    driver: "r2000-a0",
    like: spokenBy(r2000A0, { proves: ({ content }) => content.kind === "tag", framesMin: 2 }),
  },
  // Last: printable lines that no scale says are what somebody scans meanwhile.
  { driver: "serial-scanner", like: looksScanned },
];

const codeLengthMin = 4;
const groupSeparator = String.fromCharCode(0x1d);
/** Group separators stand between the elements of a GS1 code. */
const printable = new RegExp(`^[ -~${groupSeparator}]+$`);
/** Less than any frame that is proven. */
const scannedLikeness = 0.5;

/** One or more printable codes, each with its end. */
function looksScanned(heard: Uint8Array): number {
  const codes = toLatin1(heard).split(/[\r\n\t]+/);
  if (codes.pop() !== "" || codes.length === 0) return 0;
  return codes.every((code) => code.length >= codeLengthMin && printable.test(code)) ? scannedLikeness : 0;
}

const answersInformation = ({ type, command }: MagicrfFrame): boolean =>
  type === "response" && command === 0x03;
/** BB or AA, command 03 of the M100 manual: which hardware, firmware and maker it is. */
const moduleInformation = (head: number, end: number): Uint8Array =>
  Uint8Array.of(head, 0x00, 0x03, 0x00, 0x01, 0x00, 0x04, end);

/** UHFReader18 and 288, command 21: reader information, of whichever reader is there (FF). Low byte of the CRC first. */
function chafonInformation(): Uint8Array {
  const head = Uint8Array.of(0x04, 0xff, 0x21);
  const crc = chafonCrcOf(head);
  return join(head, Uint8Array.of(crc & 0xff, crc >> 8));
}

const enquiry = casAp1.encode({ kind: "enquiry" });
const acknowledge = casAp1.encode({ kind: "acknowledge" });
const request = casAp1.encode({ kind: "request" });

/**
 * What is asked at each rate that one of its families uses, in this order, and why it harms nobody:
 *
 * 1. DLE EOT is printed by no printer, and is two control characters to everybody else. It comes before anything
 *    printable, at every rate, so that a printer is known before it could print.
 * 2. Binary questions for readers: framed, with a check, and only ever for a version. A scale waits for a line's
 *    end, which none of them brings, and forgets.
 * 3. Scales: an enquiry or a request for the weight. Never Z, T or C, alone or in a word: 8217 scales obey single
 *    letters. Those without a line feed come first, because a line feed is half an answer to some, and paper to others.
 */
export const questions: readonly Question[] = [
  {
    words: "DLE EOT 1 and 4",
    bytes: Uint8Array.of(0x10, 0x04, 0x01, 0x10, 0x04, 0x04),
    of: [
      {
        driver: "escpos-printer",
        like: spokenBy(escposStatus, { proves: ({ kind }) => kind === "answer", framesMin: 2 }),
      },
    ],
  },
  {
    words: "R2000: firmware version",
    bytes: closePacket({
      address: r2000Broadcast,
      command: r2000Command.getFirmware,
      payload: new Uint8Array(),
    }),
    of: [
      {
        driver: "r2000-a0",
        like: spokenBy(r2000A0, {
          proves: ({ command }) => command === r2000Command.getFirmware,
          framesMin: 1,
        }),
      },
    ],
  },
  {
    words: "M100: information",
    bytes: moduleInformation(0xbb, 0x7e),
    of: [{ driver: "m100-bb", like: spokenBy(m100Bb, { proves: answersInformation, framesMin: 1 }) }],
  },
  {
    words: "R200: information",
    bytes: moduleInformation(0xaa, 0xdd),
    of: [{ driver: "r200-aa", like: spokenBy(r200Aa, { proves: answersInformation, framesMin: 1 }) }],
  },
  {
    words: "Mercury: version",
    bytes: mercuryFf.encode({ from: "host", opcode: 0x03, content: { kind: "data", data: "" } }),
    of: [
      {
        driver: "mercury-ff",
        like: spokenBy(mercuryFf, {
          proves: ({ from, opcode }) => from === "module" && opcode === 0x03,
          framesMin: 1,
        }),
      },
    ],
  },
  {
    words: "CF600: device information",
    bytes: chafonCf.encode({ address: 0xff, command: 0x0072, content: { kind: "request", data: "" } }),
    of: [
      {
        driver: "chafon-cf",
        like: spokenBy(chafonCf, { proves: ({ command }) => command === 0x0072, framesMin: 1 }),
      },
    ],
  },
  {
    words: "UHFReader18: reader information",
    bytes: chafonInformation(),
    of: [
      {
        driver: "chafon-crc16",
        like: spokenBy(chafonCrc16, { proves: ({ command }) => command === 0x21, framesMin: 1 }),
      },
    ],
  },
  {
    words: "NCI and 8217: weight",
    bytes: fromLatin1("W\r"),
    of: [
      { driver: "nci-ecr", like: spokenBy(nciEcr, { proves: answersWeight, framesMin: 1 }) },
      { driver: "toledo-8217", like: spokenBy(toledo8217, { proves: answersWeight, framesMin: 1 }) },
    ],
  },
  {
    words: "CAS AP-1: enquiry",
    bytes: enquiry,
    goesOn: (heard) => (heard.length === 1 && heard[0] === acknowledge[0] ? request : undefined),
    of: [{ driver: "cas-ap1", like: spokenBy(casAp1, { proves: weighs, framesMin: 1 }) }],
  },
  {
    words: "Yaohua: gross weight of indicator A",
    bytes: yaohuaCmd.encode({ kind: "command", address: "A", command: "B" }),
    of: [{ driver: "yaohua-cmd", like: spokenBy(yaohuaCmd, { proves: weighs, framesMin: 1 }) }],
  },
  {
    words: "MT-SICS: serial number",
    bytes: fromLatin1("\r\nI4\r\n"),
    of: [
      {
        driver: "mt-sics",
        like: spokenBy(mtSics, { proves: ({ kind }) => kind === "identity", framesMin: 1 }),
      },
    ],
  },
  {
    words: "A&D: weight",
    bytes: fromLatin1("Q\r\n"),
    of: [{ driver: "ascii-st-us", like: spokenBy(asciiStUs, { proves: weighs, framesMin: 1 }) }],
  },
  {
    words: "SMA: weight",
    bytes: fromLatin1("\nW\r"),
    of: [{ driver: "sma", like: spokenBy(sma, { proves: weighs, framesMin: 1 }) }],
  },
];
