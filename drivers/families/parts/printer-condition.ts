import type { PrinterCondition } from "../../../protocols/codecs/escpos-status.ts";
import type { Fault } from "../../../protocols/faults.ts";

export const soundCondition: PrinterCondition = {
  online: true,
  paper: "ok",
  cover: "closed",
  error: false,
};

/** Several answers together: each knows a part, and the worst that any says is true. */
export function mergeConditions(known: PrinterCondition, more: Partial<PrinterCondition>): PrinterCondition {
  const paper = more.paper === undefined || known.paper === "end" ? known.paper : more.paper;
  return {
    online: known.online && (more.online ?? true),
    paper,
    cover: known.cover === "open" ? "open" : (more.cover ?? "closed"),
    error: known.error || (more.error ?? false),
  };
}

export const sameCondition = (left: PrinterCondition, right: PrinterCondition): boolean =>
  left.online === right.online &&
  left.paper === right.paper &&
  left.cover === right.cover &&
  left.error === right.error;

/** Why it cannot print, the cause before its consequence; undefined when it can. */
export function faultOfCondition({ online, paper, cover, error }: PrinterCondition): Fault | undefined {
  if (cover === "open") return { code: "cover-open", detail: "the cover is open" };
  if (paper === "end") return { code: "paper-end", detail: "the paper is at its end" };
  if (error) return { code: "printer-error", detail: "the printer reports an error" };
  return online ? undefined : { code: "printer-error", detail: "the printer is offline" };
}
