import { z } from "zod";
import type { ChafonCfOptions } from "../devices/chafon-cf.ts";
import { chafonCfDefaults, chafonCfFlaws } from "../devices/chafon-cf.ts";
import type { ChafonOptions } from "../devices/chafon-crc16.ts";
import { chafonDefaults, chafonFlaws } from "../devices/chafon-crc16.ts";
import type { MercuryOptions } from "../devices/mercury-ff.ts";
import { mercuryDefaults, mercuryFlaws } from "../devices/mercury-ff.ts";
import { llrpFlaws } from "../devices/parts/llrp-flaws.ts";
import type { LlrpOptions } from "../devices/parts/llrp-state.ts";
import { llrpDefaults } from "../devices/parts/llrp-state.ts";
import type { MagicrfOptions } from "../devices/parts/magicrf.ts";
import { magicrfDefaults, magicrfFlaws } from "../devices/parts/magicrf.ts";
import type { ReaderStimulus } from "../devices/parts/reader-bench.ts";
import type { ReaderOptions } from "../devices/r2000-a0.ts";
import { readerDefaults } from "../devices/r2000-a0.ts";

const antennaSchema = z.number().int().min(1).max(32);
const epcSchema = z.string().regex(/^([0-9a-f]{4}){1,31}$/, "lower-case hex, whole words");

/** What the world can do to every reader. */
const onAnyReader = [
  z.strictObject({
    kind: z.literal("tag-near"),
    epcHex: epcSchema,
    antenna: antennaSchema,
    rssiDbm: z.number().int().min(-120).max(-10).default(-58),
  }),
  z.strictObject({ kind: z.literal("tag-gone"), epcHex: epcSchema }),
  z.strictObject({ kind: z.literal("antenna-lost"), antenna: antennaSchema }),
  z.strictObject({ kind: z.literal("antenna-back"), antenna: antennaSchema }),
  z.strictObject({ kind: z.literal("fail-next"), error: z.number().int().min(1).max(0xffff) }),
  z.strictObject({ kind: z.literal("restart") }),
] as const;

const readerStimulusSchema = z.discriminatedUnion("kind", onAnyReader) satisfies z.ZodType<ReaderStimulus>;

/** The same of a family that can do wrong in ways of its own. */
const flawedStimulusSchema = <const Flaws extends readonly [string, ...string[]]>(flaws: Flaws) =>
  z.discriminatedUnion("kind", [
    ...onAnyReader,
    z.strictObject({
      kind: z.literal("flaw"),
      flaw: z.enum(flaws),
      times: z.number().int().min(1).max(1_000_000).default(1),
    }),
  ]);

const roundMsSchema = z.number().int().min(10).max(10_000);

const r2000OptionsSchema = z.strictObject({
  address: z.number().int().min(0).max(254).default(readerDefaults.address),
  antennaCount: z.number().int().min(1).max(8).default(readerDefaults.antennaCount),
  powerDbm: z.number().int().min(20).max(33).default(readerDefaults.powerDbm),
  roundMs: roundMsSchema.default(readerDefaults.roundMs),
  endPacket: z.enum(["with-rate", "short"]).default(readerDefaults.endPacket),
  phase: z.boolean().default(readerDefaults.phase),
}) satisfies z.ZodType<ReaderOptions>;

const magicrfOptionsSchema = (firmware: MagicrfOptions["firmware"]) =>
  z.strictObject({
    firmware: z.enum(["bb", "aa"]).default(firmware),
    name: z.string().min(1).max(40).default(magicrfDefaults.name),
    powerDbm: z.number().int().min(10).max(30).default(magicrfDefaults.powerDbm),
    region: z.number().int().min(1).max(255).default(magicrfDefaults.region),
    roundMs: roundMsSchema.default(magicrfDefaults.roundMs),
  }) satisfies z.ZodType<MagicrfOptions>;
const magicrfStimulusSchema = flawedStimulusSchema(magicrfFlaws);

const llrpOptionsSchema = z.strictObject({
  antennaCount: z.number().int().min(1).max(32).default(llrpDefaults.antennaCount),
  roundMs: roundMsSchema.default(llrpDefaults.roundMs),
  clockStartUs: z.number().int().min(0).default(llrpDefaults.clockStartUs),
  epc96: z.boolean().default(llrpDefaults.epc96),
  modes: z
    .array(z.number().int().min(0))
    .max(16)
    .default([...llrpDefaults.modes]),
  identification: z
    .string()
    .regex(/^([0-9a-f]{2})+$/)
    .default(llrpDefaults.identification),
}) satisfies z.ZodType<LlrpOptions>;

const byteSchema = z.number().int().min(0).max(0xff);

const chafonOptionsSchema = z.strictObject({
  address: byteSchema.max(254).default(chafonDefaults.address),
  readerType: byteSchema.default(chafonDefaults.readerType),
  antennaCount: z.number().int().min(1).max(8).default(chafonDefaults.antennaCount),
  powerDbm: z.number().int().min(0).max(33).default(chafonDefaults.powerDbm),
  highest: byteSchema.default(chafonDefaults.highest),
  lowest: byteSchema.default(chafonDefaults.lowest),
  scanMs: roundMsSchema.default(chafonDefaults.scanMs),
}) satisfies z.ZodType<ChafonOptions>;

const chafonCfOptionsSchema = z.strictObject({
  address: byteSchema.max(254).default(chafonCfDefaults.address),
  antennaMask: byteSchema.default(chafonCfDefaults.antennaMask),
  powerDbm: z.number().int().min(0).max(33).default(chafonCfDefaults.powerDbm),
  session: z.number().int().min(0).max(3).default(chafonCfDefaults.session),
  roundMs: roundMsSchema.default(chafonCfDefaults.roundMs),
  saysEnd: z.boolean().default(chafonCfDefaults.saysEnd),
}) satisfies z.ZodType<ChafonCfOptions>;

const mercuryOptionsSchema = z.strictObject({
  startsIn: z.enum(["boot-loader", "application"]).default(mercuryDefaults.startsIn),
  region: byteSchema.default(mercuryDefaults.region),
  powerDbm: z.number().int().min(0).max(33).default(mercuryDefaults.powerDbm),
  antennaCount: z.number().int().min(1).max(15).default(mercuryDefaults.antennaCount),
  roundMs: roundMsSchema.default(mercuryDefaults.roundMs),
}) satisfies z.ZodType<MercuryOptions>;

export const readerWorlds = {
  "r2000-a0": { options: r2000OptionsSchema, stimulus: readerStimulusSchema },
  "m100-bb": { options: magicrfOptionsSchema("bb"), stimulus: magicrfStimulusSchema },
  "r200-aa": { options: magicrfOptionsSchema("aa"), stimulus: magicrfStimulusSchema },
  llrp: { options: llrpOptionsSchema, stimulus: flawedStimulusSchema(llrpFlaws) },
  "chafon-crc16": { options: chafonOptionsSchema, stimulus: flawedStimulusSchema(chafonFlaws) },
  "chafon-cf": { options: chafonCfOptionsSchema, stimulus: flawedStimulusSchema(chafonCfFlaws) },
  "mercury-ff": { options: mercuryOptionsSchema, stimulus: flawedStimulusSchema(mercuryFlaws) },
} as const;
