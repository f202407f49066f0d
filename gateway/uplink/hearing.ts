import { resendSchema, watermarkSchema } from "../../protocols/events.ts";
import type { ReceivedMessage } from "../../protocols/message-link.ts";
import type { Stream } from "../../protocols/topics.ts";
import type { EpochOrdinal } from "./epoch-ordinal.ts";
import type { UplinkInput } from "./inputs.ts";
import type { Positions } from "./presence.ts";

/** A message from HQ longer than this is none of ours. */
const messageBytesMax = 4_096;

/** What a message from HQ means to us. */
export type Heard =
  | { readonly kind: "ignored" }
  | { readonly kind: "inputs"; readonly inputs: readonly UplinkInput[] }
  /** HQ takes another epoch for our newest one. */
  | { readonly kind: "other-epoch"; readonly ordinal: number }
  /** HQ has more of our epoch than we ever made. */
  | { readonly kind: "outrun"; readonly confirmed: Readonly<Record<Stream, number>> };

const ignored: Heard = { kind: "ignored" };

/** HQ asks for a range again; one of another epoch is not ours to answer. */
export function hearResend({ payload }: ReceivedMessage, epoch: string): Heard {
  const request = resendSchema.safeParse(jsonOf(payload));
  if (!request.success || request.data.epoch !== epoch) return ignored;
  const { stream, from, to } = request.data;
  return { kind: "inputs", inputs: [{ kind: "resend", stream, from: Number(from), to: Number(to) }] };
}

interface Ours {
  readonly epoch: string;
  readonly epochOrdinal: EpochOrdinal;
  /** What HQ can know at most of our epoch. */
  readonly knowable: Positions;
}

export function hearWatermark(
  { payload, retained }: ReceivedMessage,
  { epoch, epochOrdinal: ours, knowable: { evt, tel } }: Ours,
): Heard {
  const watermark = watermarkSchema.safeParse(jsonOf(payload));
  if (!watermark.success) return ignored;
  const { epochOrdinal, grant, sequence, telemetry } = watermark.data;
  if (watermark.data.epoch !== epoch)
    return epochOrdinal === undefined ? ignored : { kind: "other-epoch", ordinal: epochOrdinal };
  ours.adopt(epochOrdinal ?? 1);
  const through = { evt: Number(sequence), tel: Number(telemetry) };
  if (through.evt > evt.last || through.tel > tel.last) return { kind: "outrun", confirmed: through };
  // A retained grant may be of long ago, from an HQ that is no more.
  const grants = grant === undefined || retained ? [] : [{ kind: "grant", ...grant } as const];
  return { kind: "inputs", inputs: [{ kind: "watermark", through }, ...grants] };
}

function jsonOf(payload: Uint8Array): unknown {
  if (payload.length > messageBytesMax) return undefined;
  try {
    return JSON.parse(new TextDecoder().decode(payload));
  } catch {
    return undefined;
  }
}
