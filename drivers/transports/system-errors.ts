import type { Fault, FaultCode } from "../../protocols/faults.ts";

/** What an errno of Linux means for a device that we try to open; the rest is `device-absent`. */
const faultByErrno: Readonly<Record<string, FaultCode>> = {
  EACCES: "permission-denied",
  EPERM: "permission-denied",
  EBUSY: "port-in-use",
  EAGAIN: "port-in-use",
};

/** Why an opening failed, as a fault; every reason that is not known better is `device-absent`. */
export function openingFault(error: unknown): Fault {
  const errno = errnoOf(error);
  return { code: faultByErrno[errno] ?? "device-absent", detail: detailOf(error) };
}

export function errnoOf(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "";
}

export function detailOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // A refused connection to a name with several addresses has no message of its own.
  return error.message || errnoOf(error) || error.name;
}
