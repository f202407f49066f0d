import { toHex, toLatin1 } from "../../../protocols/stream/bytes.ts";
import type { SessionEffect } from "../../driver.ts";

/** A byte order mark is kept as a character: it belongs to the code. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The code as an observation: its own bytes, and its text in UTF-8 or, where it is none, in Latin-1. */
export function scan(bytes: Uint8Array, aim: string | undefined): SessionEffect {
  const observation = {
    kind: "scan",
    text: textOf(bytes),
    bytesHex: toHex(bytes),
    ...(aim === undefined ? {} : { aim }),
  } as const;
  return { kind: "observe", observation };
}

function textOf(bytes: Uint8Array): string {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return toLatin1(bytes);
  }
}
