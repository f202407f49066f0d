import { z } from "zod";
import type { ReaderOptions, ReaderStimulus } from "../devices/r2000-a0.ts";
import { readerDefaults } from "../devices/r2000-a0.ts";

const antennaSchema = z.number().int().min(1).max(8);
const epcSchema = z.string().regex(/^([0-9a-f]{4}){1,31}$/, "lower-case hex, whole words");

const readerStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("tag-near"),
    epcHex: epcSchema,
    antenna: antennaSchema,
    rssiDbm: z.number().int().min(-120).max(-10).default(-58),
  }),
  z.strictObject({ kind: z.literal("tag-gone"), epcHex: epcSchema }),
  z.strictObject({ kind: z.literal("antenna-lost"), antenna: antennaSchema }),
  z.strictObject({ kind: z.literal("antenna-back"), antenna: antennaSchema }),
  z.strictObject({ kind: z.literal("fail-next"), error: z.number().int().min(0x11).max(0xff) }),
  z.strictObject({ kind: z.literal("restart") }),
]) satisfies z.ZodType<ReaderStimulus>;

const readerOptionsSchema = z.strictObject({
  address: z.number().int().min(0).max(254).default(readerDefaults.address),
  antennaCount: z.number().int().min(1).max(8).default(readerDefaults.antennaCount),
  powerDbm: z.number().int().min(20).max(33).default(readerDefaults.powerDbm),
  roundMs: z.number().int().min(10).max(10_000).default(readerDefaults.roundMs),
  endPacket: z.enum(["with-rate", "short"]).default(readerDefaults.endPacket),
  phase: z.boolean().default(readerDefaults.phase),
}) satisfies z.ZodType<ReaderOptions>;

export const readerWorlds = {
  "r2000-a0": { options: readerOptionsSchema, stimulus: readerStimulusSchema },
} as const;
