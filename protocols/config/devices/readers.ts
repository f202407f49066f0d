import { z } from "zod";
import { common } from "./every-device.ts";

const r2000Schema = z.strictObject({
  ...common,
  driver: z.literal("r2000-a0"),
  settings: z
    .strictObject({
      /** Reader address 0..254; 255 asks whichever is there. */
      address: z.number().int().min(0).max(255).default(1),
      /** Antennas to use, 1-based as printed on the case. */
      antennas: z.array(z.number().int().min(1).max(8)).min(1).max(8).default([1]),
      /** Transmit power; left as it is when absent, because each setting wears the reader's flash. */
      powerDbm: z.number().int().min(20).max(33).optional(),
    })
    .prefault({}),
});

/** How long a reader rests between two inventories; 0 reads without end, which small modules get hot of. */
const restMs = z.number().int().min(0).max(60_000).default(0);
/** Gen2 session: how long a tag that was read keeps still (S1 a second or two, S2 and S3 longer). */
const session = z.number().int().min(0).max(3).optional();
/** Which tags answer in this session: those not read yet (A), or those read before (B). */
const target = z.enum(["a", "b"]).optional();

/** Settings that are absent are left as they are in the module. */
const magicrfSettings = z
  .strictObject({
    powerDbm: z.number().int().min(10).max(30).optional(),
    /** The module's own code of the band, as it wants it: 1 is China 920-925 to an M100, to an R200 maybe the US. */
    regionCode: z.number().int().min(0).max(255).optional(),
    session,
    target,
    restMs,
  })
  .prefault({});
const m100Schema = z.strictObject({ ...common, driver: z.literal("m100-bb"), settings: magicrfSettings });
const r200Schema = z.strictObject({ ...common, driver: z.literal("r200-aa"), settings: magicrfSettings });

const llrpSchema = z.strictObject({
  ...common,
  driver: z.literal("llrp"),
  settings: z
    .strictObject({
      /** Antennas to use, 1-based; none named means all that the reader has. */
      antennas: z.array(z.number().int().min(1).max(255)).max(32).default([]),
      /** The strongest entry of the reader's power table up to this is taken. */
      powerDbm: z.number().min(0).max(36).optional(),
      session,
      /** An entry of the reader's own mode table; its first one where absent. */
      modeIndex: z.number().int().min(0).max(0xffff_ffff).optional(),
      /** The reader reports after so many tags. */
      reportEvery: z.number().int().min(1).max(1_000).default(1),
      /** How often the reader gives a sign of life. */
      keepaliveMs: z.number().int().min(1_000).max(60_000).default(10_000),
      /** The reader keeps its reports while nobody listens, and hands them over afterwards. */
      hold: z.boolean().default(false),
      /** What the maker's own extensions are switched on with, before anything else. */
      extensions: z.enum(["none", "impinj"]).default("none"),
      /** The reader's own number, in hex, against swapped addresses; any reader where absent. */
      identification: z
        .string()
        .regex(/^([0-9a-f]{2})+$/, "lower-case hex")
        .optional(),
    })
    .prefault({}),
});

const chafonSettings = {
  /** Antennas to use, 1-based as printed on the case; readers with one antenna built in take no choice. */
  antennas: z.array(z.number().int().min(1).max(8)).min(1).max(8).default([1]),
  powerDbm: z.number().int().min(0).max(33).optional(),
  session,
  restMs,
};
const chafonCrc16Schema = z.strictObject({
  ...common,
  driver: z.literal("chafon-crc16"),
  settings: z
    .strictObject({
      /** Reader address 0..254; 255 asks whichever is there. */
      address: z.number().int().min(0).max(255).default(0),
      ...chafonSettings,
      target,
      /** The band that must be set; the one that the reader has, where absent. */
      band: z.enum(["china-920", "us", "korea", "eu", "china-840"]).optional(),
    })
    .prefault({}),
});
const chafonCfSchema = z.strictObject({
  ...common,
  driver: z.literal("chafon-cf"),
  settings: z
    .strictObject({
      /** Reader address 0..254; 255 asks whichever is there. */
      address: z.number().int().min(0).max(255).default(255),
      ...chafonSettings,
    })
    .prefault({}),
});

const mercurySchema = z.strictObject({
  ...common,
  driver: z.literal("mercury-ff"),
  settings: z
    .strictObject({
      /** Antennas to use, 1-based as printed on the case. */
      antennas: z.array(z.number().int().min(1).max(15)).min(1).max(15).default([1]),
      powerDbm: z.number().min(0).max(33).optional(),
      /** A module that was never told its region reads nothing. */
      region: z.enum(["na", "na2", "eu3", "prc", "open"]).optional(),
      session,
      target,
    })
    .prefault({}),
});

export const readerSchemas = [
  r2000Schema,
  m100Schema,
  r200Schema,
  llrpSchema,
  chafonCrc16Schema,
  chafonCfSchema,
  mercurySchema,
] as const;

export const readerTransports = {
  "r2000-a0": ["serial", "tcp"],
  "m100-bb": ["serial", "tcp"],
  "r200-aa": ["serial", "tcp"],
  llrp: ["tcp"],
  "chafon-crc16": ["serial", "tcp"],
  "chafon-cf": ["serial", "tcp"],
  "mercury-ff": ["serial", "tcp"],
} as const;
