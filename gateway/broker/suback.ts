/**
 * aedes takes a filter that stands twice in one SUBSCRIBE as one, and answers with a return code too few;
 * there has to be one for each [MQTT-3.9.3-1].
 */
export interface RepeatedFilters {
  readonly id: number;
  /** For each filter asked for, its place among the different ones. */
  readonly places: readonly number[];
}

const subackFirstByte = 0x90;

/** Undefined where no filter stands twice. `body` is a SUBSCRIBE that has been checked. */
export function repeatedFilters(body: Uint8Array): RepeatedFilters | undefined {
  const view = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  const known = new Map<string, number>();
  const places: number[] = [];
  for (let at = 2; at < view.length; at += 1) {
    const length = view.readUInt16BE(at);
    const filter = view.toString("utf8", at + 2, at + 2 + length);
    const place = known.get(filter) ?? known.size;
    known.set(filter, place);
    places.push(place);
    at += 2 + length;
  }
  return known.size === places.length ? undefined : { id: view.readUInt16BE(0), places };
}

/** The SUBACK of that SUBSCRIBE in full, where these whole packets begin with it; else undefined. */
export function completeSuback(bytes: Uint8Array, { id, places }: RepeatedFilters): Uint8Array | undefined {
  // At most 64 filters: the remaining length is one byte.
  const [firstByte, length = 0, high = 0, low = 0] = bytes;
  if (firstByte !== subackFirstByte || high * 256 + low !== id) return undefined;
  const codes = places.map((place) => bytes[4 + place] ?? 0);
  const complete = Uint8Array.of(subackFirstByte, 2 + codes.length, high, low, ...codes);
  return Buffer.concat([complete, bytes.subarray(2 + length)]);
}
