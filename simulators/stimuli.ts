import { z } from "zod";
import type { DriverName } from "../protocols/config/devices.ts";
import type { PrinterOptions, PrinterStimulus } from "./devices/escpos-printer.ts";
import { printerDefaults } from "./devices/escpos-printer.ts";
import type { ButtonsOptions, ButtonsStimulus } from "./devices/gpio-buttons.ts";
import { buttonsDefaults } from "./devices/gpio-buttons.ts";
import type { HidScannerOptions } from "./devices/hid-scanner.ts";
import { hidScannerDefaults } from "./devices/hid-scanner.ts";
import type { ScaleOptions, ScaleStimulus } from "./devices/mt-sics.ts";
import { scaleDefaults } from "./devices/mt-sics.ts";
import type { ReaderOptions, ReaderStimulus } from "./devices/r2000-a0.ts";
import { readerDefaults } from "./devices/r2000-a0.ts";
import type { ScannerStimulus } from "./devices/serial-scanner.ts";
import { serialScannerDefaults } from "./devices/serial-scanner.ts";

/** What the world can do to each family of devices, as a scenario file writes it. */
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

const scannerStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("scan"),
    text: z.string().min(1).max(7_089),
    aim: z.string().length(3).default("]X0"),
  }),
  z.strictObject({ kind: z.literal("command-reply"), command: z.string().min(3).max(64) }),
]) satisfies z.ZodType<ScannerStimulus>;

const scaleStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("load"), digits: z.number().int().min(-1_000_000).max(10_000_000) }),
  z.strictObject({ kind: z.literal("print-key") }),
  z.strictObject({ kind: z.literal("power-up") }),
]) satisfies z.ZodType<ScaleStimulus>;

const printerStimulusSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("paper"), paper: z.enum(["ok", "near-end", "end"]) }),
  z.strictObject({ kind: z.literal("cover"), cover: z.enum(["closed", "open"]) }),
  z.strictObject({ kind: z.literal("error"), error: z.boolean() }),
  z.strictObject({ kind: z.literal("paper-ends-before-cut") }),
  z.strictObject({ kind: z.literal("hang"), hanging: z.boolean() }),
]) satisfies z.ZodType<PrinterStimulus>;

const buttonsStimulusSchema = z.strictObject({
  kind: z.literal("press"),
  line: z.string().min(1),
  holdMs: z.number().int().min(20).max(60_000).default(120),
}) satisfies z.ZodType<ButtonsStimulus>;

/** How each simulated device is built. */
const readerOptionsSchema = z.strictObject({
  address: z.number().int().min(0).max(254).default(readerDefaults.address),
  antennaCount: z.number().int().min(1).max(8).default(readerDefaults.antennaCount),
  powerDbm: z.number().int().min(20).max(33).default(readerDefaults.powerDbm),
  roundMs: z.number().int().min(10).max(10_000).default(readerDefaults.roundMs),
  endPacket: z.enum(["with-rate", "short"]).default(readerDefaults.endPacket),
  phase: z.boolean().default(readerDefaults.phase),
}) satisfies z.ZodType<ReaderOptions>;

const serialScannerOptionsSchema = z.strictObject({
  suffix: z.enum(["cr", "lf", "crlf", "tab", "none"]).default(serialScannerDefaults.suffix),
  aimPrefix: z.boolean().default(serialScannerDefaults.aimPrefix),
});

const hidScannerOptionsSchema = z.strictObject({
  needsEnabling: z.boolean().default(hidScannerDefaults.needsEnabling),
  carriageReturn: z.boolean().default(hidScannerDefaults.carriageReturn),
  shifted: z.boolean().default(hidScannerDefaults.shifted),
}) satisfies z.ZodType<HidScannerOptions>;

const scaleOptionsSchema = z.strictObject({
  serial: z.string().min(1).max(20).default(scaleDefaults.serial),
  unit: z.enum(["g", "kg"]).default(scaleDefaults.unit),
  decimals: z.number().int().min(0).max(6).default(scaleDefaults.decimals),
  capacity: z.number().int().min(1).max(10_000_000).default(scaleDefaults.capacity),
  motionMs: z.number().int().min(0).max(60_000).default(scaleDefaults.motionMs),
  echo: z.enum(["S", "SI"]).default(scaleDefaults.echo),
}) satisfies z.ZodType<ScaleOptions>;

const printerOptionsSchema = z.strictObject({
  automaticStatus: z.boolean().default(printerDefaults.automaticStatus),
}) satisfies z.ZodType<PrinterOptions>;

const buttonsOptionsSchema = z.strictObject({
  bounces: z.number().int().min(0).max(10).default(buttonsDefaults.bounces),
}) satisfies z.ZodType<ButtonsOptions>;

/** Both, by the driver's name: `simulators/catalog.ts` has the devices that understand them. */
export const worldOf = {
  "r2000-a0": { options: readerOptionsSchema, stimulus: readerStimulusSchema },
  "serial-scanner": { options: serialScannerOptionsSchema, stimulus: scannerStimulusSchema },
  "hid-scanner": { options: hidScannerOptionsSchema, stimulus: scannerStimulusSchema },
  "mt-sics": { options: scaleOptionsSchema, stimulus: scaleStimulusSchema },
  "escpos-printer": { options: printerOptionsSchema, stimulus: printerStimulusSchema },
  "gpio-buttons": { options: buttonsOptionsSchema, stimulus: buttonsStimulusSchema },
} as const satisfies Record<DriverName, { readonly options: z.ZodType; readonly stimulus: z.ZodType }>;

export type OptionsOf<Name extends DriverName> = z.infer<(typeof worldOf)[Name]["options"]>;
export type StimulusOf<Name extends DriverName> = z.infer<(typeof worldOf)[Name]["stimulus"]>;
export type Stimulus = StimulusOf<DriverName>;
