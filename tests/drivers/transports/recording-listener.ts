import type { Fault } from "../../../protocols/faults.ts";
import { join } from "../../../protocols/stream/bytes.ts";
import type { TransportListener } from "../../../protocols/transport.ts";

/** Keeps everything that a connection says. */
export interface Recording extends TransportListener {
  readonly chunks: readonly Uint8Array[];
  readonly edges: readonly (readonly [string, boolean])[];
  readonly faults: readonly Fault[];
  all(): Uint8Array;
}

export function recordingListener(): Recording {
  const chunks: Uint8Array[] = [];
  const edges: (readonly [string, boolean])[] = [];
  const faults: Fault[] = [];
  return {
    chunks,
    edges,
    faults,
    all: () => join(...chunks),
    bytes: (bytes) => void chunks.push(bytes),
    edge: (line, active) => void edges.push([line, active]),
    closed: (fault) => void faults.push(fault),
  };
}
