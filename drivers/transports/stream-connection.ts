import type { Writable } from "node:stream";
import type { Lifeline } from "../../protocols/lifeline.ts";
import type { Connection } from "../../protocols/transport.ts";
import { unsupported } from "../../protocols/transport.ts";

/** Bytes that wait for a slow wire; a ticket with a logo has 200 KB, so more than this is a stuck line. */
const waitingBytesMax = 1_048_576;

/** A connection over a byte stream (serial, tcp); `shut` frees the port or socket and may be called again. */
export function streamConnection(stream: Writable, life: Lifeline, shut: () => Promise<void>): Connection {
  return {
    send: (bytes) => life.whileOpen(() => write(stream, bytes)),
    sendFeature: unsupported("feature reports"),
    setLine: unsupported("output lines"),
    close() {
      life.end();
      return shut();
    },
  };
}

function write(stream: Writable, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    if (stream.writableLength + bytes.length > waitingBytesMax)
      return reject(new Error(`the wire is stuck: ${stream.writableLength} bytes wait already`));
    stream.write(bytes, (error) => (error ? reject(error) : resolve()));
  });
}

/** Does it the first time, and hands out the same promise from then on. */
export function once(action: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => {
    done ??= action();
    return done;
  };
}
