import type { Socket } from "node:net";

/**
 * Where the gate stands in a client's bytes: within a packet's remaining bytes, or in its fixed header,
 * whose length is 1 to 4 bytes of 7 bits each, lowest first (MQTT 3.1.1 section 2.2.3).
 */
export interface GateState {
  readonly at: "type" | "length" | "body";
  readonly remaining: number;
  readonly multiplier: number;
}

export const atPacketStart: GateState = { at: "type", remaining: 0, multiplier: 1 };
const lengthMultiplierMax = 128 ** 3;

/** Follows the packets through a chunk; undefined as soon as one announces more than `packetBytesMax`. */
export function passGate(state: GateState, chunk: Uint8Array, packetBytesMax: number): GateState | undefined {
  let current = state;
  let offset = 0;
  while (offset < chunk.length) {
    if (current.at === "body") {
      const step = Math.min(current.remaining, chunk.length - offset);
      offset += step;
      current =
        current.remaining === step ? atPacketStart : { ...current, remaining: current.remaining - step };
      continue;
    }
    const next = headerByte(current, chunk[offset] ?? 0);
    if (next === undefined || next.remaining > packetBytesMax) return undefined;
    current = next;
    offset += 1;
  }
  return current;
}

function headerByte({ at, remaining, multiplier }: GateState, byte: number): GateState | undefined {
  if (at === "type") return { at: "length", remaining: 0, multiplier: 1 };
  if (multiplier > lengthMultiplierMax) return undefined;
  const length = remaining + (byte & 0x7f) * multiplier;
  if ((byte & 0x80) !== 0) return { at: "length", remaining: length, multiplier: multiplier * 128 };
  return length === 0 ? atPacketStart : { at: "body", remaining: length, multiplier: 1 };
}

/**
 * Ends a connection whose client announces too long a packet. aedes has no such limit and would gather
 * up to 256 MiB; it takes its bytes by `read`, so that is where the gate stands.
 */
export function guardSocket(socket: Socket, packetBytesMax: number, refused: () => void): void {
  let state = atPacketStart;
  const read = socket.read.bind(socket);
  socket.read = (size?: number) => {
    const chunk: unknown = read(size);
    if (!(chunk instanceof Uint8Array)) return chunk;
    const next = passGate(state, chunk, packetBytesMax);
    if (next === undefined) {
      refused();
      socket.destroy();
      return null;
    }
    state = next;
    return chunk;
  };
}
