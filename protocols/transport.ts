import type { Fault } from "./faults.ts";

/** What a transport says while a connection is open. After `closed` it says nothing more. */
export interface TransportListener {
  /** A chunk as it came: any cut of a stream, or exactly one HID report (report id first). */
  bytes(bytes: Uint8Array): void;
  /** A debounced edge of a GPIO line, by its configured name; `active` already takes inversion into account. */
  edge(line: string, active: boolean): void;
  /** The connection ended without our asking. */
  closed(fault: Fault): void;
}

/** One open connection; a new one is made for each opening, and a closed one is never used again. */
export interface Connection {
  /** Fulfilled when the bytes are handed to the operating system; rejected when the connection is gone. */
  send(bytes: Uint8Array): Promise<void>;
  /** HID feature report, report id first. */
  sendFeature(bytes: Uint8Array): Promise<void>;
  /** Drives a GPIO output line. */
  setLine(line: string, active: boolean): Promise<void>;
  /** Ends the connection; `closed` is not called for it. Calling it again does nothing. */
  close(): Promise<void>;
}

export type Opening =
  | { readonly ok: true; readonly connection: Connection }
  | { readonly ok: false; readonly fault: Fault };

/** How bytes travel to one device: serial, tcp, hid or gpio, or their simulated twin. */
export interface Transport {
  /** Never throws for what the world does; an absent device is a value. */
  open(listener: TransportListener): Promise<Opening>;
}

/** For a transport that has no such thing: a driver that asks for it is broken. */
export function unsupported(what: string): () => Promise<void> {
  return () => Promise.reject(new Error(`this transport has no ${what}`));
}
