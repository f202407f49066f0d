import type { Decoded } from "../../codec.ts";
import { decoded, refused } from "../../codec.ts";
import { fromHex, toHex, toLatin1 } from "../../stream/bytes.ts";

/** Feature report 254: makes a Honeywell scanner send point-of-sale reports at all. */
export const enablePointOfSaleReport = Uint8Array.of(254, 1);

/** Output reports: FD, length, then the sequence that the scanner also takes over a serial line. */
export const hidScannerRequests = {
  "trigger-on": Uint8Array.of(0xfd, 3, 0x16, 0x54, 0x0d),
  "trigger-off": Uint8Array.of(0xfd, 3, 0x16, 0x55, 0x0d),
  beep: Uint8Array.of(0xfd, 3, 0x16, 0x07, 0x0d),
} as const;

/** FD, length, SYN M CR, the command's letters, `.` or `!`; the length is not believed, a capture has it wrong. */
const menuCommand = /^fd[0-9a-f]{2}164d0d((?:[0-9a-f]{2})+)(?:2e|21)$/;

export function readHidScannerRequest(bytes: Uint8Array): Decoded<{ readonly command: string }> {
  const wanted = toHex(bytes);
  const known = Object.entries(hidScannerRequests).find(([, request]) => toHex(request) === wanted);
  if (known !== undefined) return decoded({ command: known[0] });
  const letters = toLatin1(fromHex(menuCommand.exec(wanted)?.[1] ?? "") ?? new Uint8Array());
  return /^\w{6,}$/.test(letters)
    ? decoded({ command: letters.toLowerCase() })
    : refused("unknown-command", `no known output report: ${wanted}`);
}
