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

/** What the operating system says of a file, as one of our faults; anything else is a fault of the program. */
export function asOutboxError(error: unknown, path: string): unknown {
  if (error instanceof OutboxError || !(error instanceof Error) || !("errno" in error)) return error;
  return new OutboxError("disk-failed", `${path} or a file beside it failed (${error.message})`, error);
}
