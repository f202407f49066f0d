import { z } from "zod";
import type { DriverName } from "../../protocols/config/devices.ts";
import { nameSchema } from "../../protocols/readings.ts";
import { lineFaultNames } from "../line-faults.ts";
import { worldOf } from "../stimuli.ts";

/** What carries a simulated device: a pseudo-terminal, a socket, or the host's own process. */
export const carrierNames = ["pty", "tcp", "in-process"] as const;

const deviceOf = <Name extends DriverName, Options extends z.ZodType>(driver: Name, options: Options) =>
  z.strictObject({
    /** The device's id in the configuration that the scenario is played against. */
    id: nameSchema,
    driver: z.literal(driver),
    carrier: z.enum(carrierNames).default("in-process"),
    options,
  });

const deviceSchema = z.discriminatedUnion("driver", [
  deviceOf("r2000-a0", worldOf["r2000-a0"].options.prefault({})),
  deviceOf("chafon-crc16", worldOf["chafon-crc16"].options.prefault({})),
  deviceOf("chafon-cf", worldOf["chafon-cf"].options.prefault({})),
  deviceOf("mercury-ff", worldOf["mercury-ff"].options.prefault({})),
  deviceOf("llrp", worldOf.llrp.options.prefault({})),
  deviceOf("m100-bb", worldOf["m100-bb"].options.prefault({})),
  deviceOf("r200-aa", worldOf["r200-aa"].options.prefault({})),
  deviceOf("serial-scanner", worldOf["serial-scanner"].options.prefault({})),
  deviceOf("hid-scanner", worldOf["hid-scanner"].options.prefault({})),
  deviceOf("hid-keyboard", worldOf["hid-keyboard"].options.prefault({})),
  deviceOf("mt-sics", worldOf["mt-sics"].options.prefault({})),
  deviceOf("toledo-8217", worldOf["toledo-8217"].options.prefault({})),
  deviceOf("toledo-continuous", worldOf["toledo-continuous"].options.prefault({})),
  deviceOf("nci-ecr", worldOf["nci-ecr"].options.prefault({})),
  deviceOf("yaohua-tf0", worldOf["yaohua-tf0"].options.prefault({})),
  deviceOf("yaohua-tf1", worldOf["yaohua-tf1"].options.prefault({})),
  deviceOf("yaohua-tf2", worldOf["yaohua-tf2"].options.prefault({})),
  deviceOf("yaohua-cmd", worldOf["yaohua-cmd"].options.prefault({})),
  deviceOf("cas-ap1", worldOf["cas-ap1"].options.prefault({})),
  deviceOf("cas-22", worldOf["cas-22"].options.prefault({})),
  deviceOf("ascii-st-us", worldOf["ascii-st-us"].options.prefault({})),
  deviceOf("digi-ds", worldOf["digi-ds"].options.prefault({})),
  deviceOf("sma", worldOf.sma.options.prefault({})),
  deviceOf("hid-8d", worldOf["hid-8d"].options.prefault({})),
  deviceOf("escpos-printer", worldOf["escpos-printer"].options.prefault({})),
  deviceOf("gpio-buttons", worldOf["gpio-buttons"].options.prefault({})),
  deviceOf("gpio-beam-pair", worldOf["gpio-beam-pair"].options.prefault({})),
  deviceOf("gpio-outputs", worldOf["gpio-outputs"].options.prefault({})),
  deviceOf("led-line", worldOf["led-line"].options.prefault({})),
  deviceOf("serial-pager", worldOf["serial-pager"].options.prefault({})),
  deviceOf("hid-keypad", worldOf["hid-keypad"].options.prefault({})),
  deviceOf("tfmini", worldOf.tfmini.options.prefault({})),
]);
export type ScenarioDevice = z.infer<typeof deviceSchema>;

const dayMs = 86_400_000;
const millisecondsSchema = z.number().int().min(0).max(dayMs);
/** From and to; each time something between the two. */
const spanSchema = z
  .tuple([millisecondsSchema, millisecondsSchema])
  .refine(([from, to]) => from <= to, "the first is the smaller one");

const readerPlaceSchema = z.strictObject({
  device: nameSchema,
  antenna: z.number().int().min(1).max(8).default(1),
});

const returnsSchema = z.strictObject({
  /** On average one customer in so many milliseconds; the first comes at once. */
  customerEveryMs: millisecondsSchema.min(1_000),
  itemsMax: z.number().int().min(1).max(20).default(2),
  /** GTIN-14s that items are drawn from, with right check digits. */
  gtins: z
    .array(z.string().regex(/^\d{14}$/))
    .min(1)
    .max(1_000),
  companyPrefixDigits: z.number().int().min(6).max(12).default(7),
  desk: z.strictObject({
    scanner: nameSchema,
    reader: readerPlaceSchema.optional(),
    scale: nameSchema.optional(),
  }),
  inspection: z.strictObject({ scanner: nameSchema, afterMs: spanSchema }).optional(),
  cage: z.strictObject({ reader: readerPlaceSchema, afterMs: spanSchema }).optional(),
});
export type ReturnsFlow = z.infer<typeof returnsSchema>;

const queueSchema = z.strictObject({
  customerEveryMs: millisecondsSchema.min(1_000),
  kiosk: z.strictObject({
    buttons: nameSchema,
    printer: nameSchema.optional(),
    /** Button lines with how often each is pressed compared with the others. */
    lines: z.record(z.string().min(1), z.number().positive()),
  }),
  /** Every counter calls the customers of all lines. */
  counters: z
    .array(
      z.strictObject({
        buttons: nameSchema,
        lines: z.strictObject({ call: z.string(), serve: z.string(), finish: z.string() }),
      }),
    )
    .max(16),
  walkMs: spanSchema.default([4_000, 12_000]),
  serveMs: spanSchema.default([20_000, 60_000]),
});
export type QueueFlow = z.infer<typeof queueSchema>;

const weighingSchema = z.strictObject({
  customerEveryMs: millisecondsSchema.min(1_000),
  scale: nameSchema,
  scanner: nameSchema,
  printer: nameSchema.optional(),
  /** As the configuration has them; their codes are EAN-13. */
  products: z
    .array(
      z.strictObject({
        gtin: z.string().regex(/^0\d{13}$/),
        name: z.string().min(1),
        nameChinese: z.string().optional(),
        keepDays: z.number().int().optional(),
        advice: z.string().optional(),
      }),
    )
    .min(1)
    .max(100),
});
export type WeighingFlow = z.infer<typeof weighingSchema>;

const occurrenceSchema = z.discriminatedUnion("what", [
  z.strictObject({
    what: z.literal("line-fault"),
    atMs: millisecondsSchema,
    device: nameSchema,
    fault: z.enum(lineFaultNames),
    lastsMs: millisecondsSchema.min(1),
  }),
  z.strictObject({
    what: z.literal("unplug"),
    atMs: millisecondsSchema,
    device: nameSchema,
    /** When it is put back; never, if absent. */
    replugAtMs: millisecondsSchema.optional(),
  }),
  z.strictObject({
    what: z.literal("stimulus"),
    atMs: millisecondsSchema,
    device: nameSchema,
    /** One of the device's family; see simulators/stimuli.ts. */
    stimulus: z.record(z.string(), z.unknown()),
  }),
]);
export type Occurrence = z.infer<typeof occurrenceSchema>;

const shapeSchema = z.strictObject({
  name: nameSchema,
  title: z.string().min(1).max(200),
  durationMs: millisecondsSchema.min(1_000),
  devices: z.array(deviceSchema).min(1).max(256),
  returns: returnsSchema.optional(),
  queue: queueSchema.optional(),
  weighing: weighingSchema.optional(),
  timeline: z.array(occurrenceSchema).max(10_000).default([]),
});
export type Scenario = z.infer<typeof shapeSchema>;

/** A store day, or a piece of one: which devices there are, who comes, and what goes wrong. */
export const scenarioSchema = shapeSchema.superRefine((scenario, context) => {
  const drivers = new Map(scenario.devices.map(({ id, driver }) => [id, driver]));
  scenario.timeline.forEach((occurrence, index) => {
    const path = ["timeline", index];
    const driver = drivers.get(occurrence.device);
    if (driver === undefined)
      context.addIssue({ code: "custom", path, message: `no device is named "${occurrence.device}"` });
    else if (occurrence.what === "stimulus") {
      const stimulus = worldOf[driver].stimulus.safeParse(occurrence.stimulus);
      const message = stimulus.error?.issues[0]?.message;
      if (message !== undefined) context.addIssue({ code: "custom", path: [...path, "stimulus"], message });
    }
  });
  for (const device of devicesInFlows(scenario))
    if (!drivers.has(device))
      context.addIssue({ code: "custom", path: ["devices"], message: `no device is named "${device}"` });
});
export type ScenarioInput = z.input<typeof shapeSchema>;

function devicesInFlows({ returns, queue, weighing }: Scenario): readonly string[] {
  const atTerminal = [weighing?.scale, weighing?.scanner, weighing?.printer];
  const named = [...devicesOfReturns(returns), ...devicesOfQueue(queue), ...atTerminal];
  return named.filter((device) => device !== undefined);
}

function devicesOfReturns(returns: ReturnsFlow | undefined): readonly (string | undefined)[] {
  if (returns === undefined) return [];
  const { desk, inspection, cage } = returns;
  return [desk.scanner, desk.reader?.device, desk.scale, inspection?.scanner, cage?.reader.device];
}

function devicesOfQueue(queue: QueueFlow | undefined): readonly (string | undefined)[] {
  if (queue === undefined) return [];
  return [queue.kiosk.buttons, queue.kiosk.printer, ...queue.counters.map((counter) => counter.buttons)];
}
