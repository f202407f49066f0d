import type { FaultCode } from "../protocols/faults.ts";

/** What the outbox could not do, with the fault's code, so that the caller knows whether to wait or to give up. */
export class OutboxError extends Error {
  readonly code: FaultCode;

  constructor(code: FaultCode, detail: string, cause?: unknown) {
    super(detail, cause === undefined ? {} : { cause });
    this.name = "OutboxError";
    this.code = code;
  }
}
