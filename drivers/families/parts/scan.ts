import type { Scan } from "../../../protocols/codecs/scanner/scan.ts";
import { toHex } from "../../../protocols/stream/bytes.ts";
import type { SessionEffect } from "../../driver.ts";

/** A code as a scanner read it, made an observation. */
export function observeScan({ aim, text, bytes }: Scan): SessionEffect {
  const prefix = aim === undefined ? {} : { aim };
  return { kind: "observe", observation: { kind: "scan", text, bytesHex: toHex(bytes), ...prefix } };
}
