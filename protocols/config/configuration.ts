import { z } from "zod";
import { hasValidCheckDigit, withCheckDigit } from "../gs1/check-digit.ts";
import { nameSchema } from "../readings.ts";
import { captureSchema } from "./capture.ts";
import { cardSchema, commitSchema } from "./card.ts";
import { consoleSchema } from "./console.ts";
import { deviceSchema } from "./devices.ts";
import { filePathSchema } from "./file-path.ts";
import { queueSchema } from "./queue.ts";
import { readPointRoles } from "./read-point-roles.ts";
import { checkReferences } from "./references.ts";
import { returnsSchema } from "./returns.ts";
import { weighingSchema } from "./weighing.ts";

const glnWords = "a GLN of 13 digits in quotes";
const glnSchema = z
  .string()
  .regex(/^\d{13}$/, { error: glnWords, abort: true })
  .refine(hasValidCheckDigit, {
    error: ({ input }) => `a GLN with a right check digit: ${withCheckDigit(String(input).slice(0, -1))}`,
  })
  .meta({ description: glnWords });
const brokerUrlWords = "mqtt://host:port or mqtts://host:port";
const brokerUrlSchema = z
  .string()
  .regex(/^mqtts?:\/\/[^/@\s]+\/?$/, brokerUrlWords)
  .meta({ description: brokerUrlWords });
const timeZoneWords = "an IANA time zone such as Europe/Berlin or Asia/Shanghai";

const siteSchema = z.strictObject({
  id: nameSchema,
  name: z.string().min(1).max(80).optional(),
  gln: glnSchema,
  /** Digits of the GS1 company prefix inside the GLN; needed to write SGLNs. */
  companyPrefixDigits: z.number().int().min(6).max(12).default(7),
  /** IANA zone; the business day and printed times follow it. */
  timeZone: z.string().refine(isTimeZone, timeZoneWords).meta({ description: timeZoneWords }),
});

const brokerAccountSchema = z.strictObject({
  username: nameSchema,
  passwordFile: filePathSchema,
  /** The agent that this account may speak for. */
  agent: nameSchema,
});

const gatewaySchema = z.strictObject({
  id: nameSchema,
  /** The file that holds state, dedupe marks and the outbox. */
  database: filePathSchema.default("/var/lib/storewire/gateway.db"),
  broker: z
    .strictObject({
      enabled: z.boolean().default(true),
      /** Loopback unless it was decided otherwise. */
      host: z.string().default("127.0.0.1"),
      port: z.number().int().min(0).max(65_535).default(1883),
      /** Without accounts anyone who reaches the port may publish readings. */
      accounts: z.array(brokerAccountSchema).max(64).default([]),
    })
    .prefault({}),
  console: consoleSchema.prefault({}),
});

const agentSchema = z.strictObject({
  id: nameSchema.default("agent1"),
  /** The gateway's store broker; absent when the agent shares the gateway's process. */
  brokerUrl: brokerUrlSchema.optional(),
  username: z.string().optional(),
  passwordFile: filePathSchema.optional(),
  /** The file that keeps readings until the gateway has them, and the journal of commands. */
  database: filePathSchema.default("/var/lib/storewire/agent.db"),
  /** The socket over which `storewire devices` and `record` on the same box ask the running agent; its folder must be there. */
  door: filePathSchema.default("/run/storewire/agent.sock"),
});

const headquartersSchema = z.strictObject({
  url: brokerUrlSchema,
  mqttVersion: z.enum(["3.1.1", "5"]).default("5"),
  username: z.string().optional(),
  passwordFile: filePathSchema.optional(),
  tls: z
    .strictObject({ caFile: filePathSchema, certFile: filePathSchema, keyFile: filePathSchema })
    .optional(),
  /** What lets the outbox forget: HQ's watermark, or (for an HQ without receiver) the broker's PUBACK. */
  confirm: z.enum(["watermark", "broker"]).default("watermark"),
  capture: captureSchema.optional(),
});

const extensionWords = "1 to 20 characters of GS1's set 82, such as RETURNS-1";
/** GS1 General Specifications figure 7.11-1; other characters cannot stand in an SGLN. */
const sglnExtensionSchema = z
  .string()
  .regex(/^[!"%&'()*+,\-./0-9:;<=>?A-Z_a-z]{1,20}$/, extensionWords)
  .meta({ description: extensionWords });
const readPointSchema = z.strictObject({
  id: nameSchema,
  role: z.enum(readPointRoles),
  /** The SGLN's extension: which post of the site this is. */
  extension: sglnExtensionSchema,
  /** Where things are after an event here, when that is another place than the read point. */
  locationExtension: sglnExtensionSchema.optional(),
});

/** Every bound that a user may move, with its unit in the name. */
const limitsSchema = z.strictObject({
  outbox: z
    .strictObject({
      /** 10 days at 2 events a second are 1.7 million. */
      rowsMax: z.number().int().min(1_000).max(100_000_000).default(4_000_000),
      bytesMax: z.number().int().min(1_000_000).max(1_000_000_000_000).default(4_000_000_000),
      telemetryRowsMax: z.number().int().min(100).max(10_000_000).default(200_000),
      keepConfirmedMs: z.number().int().min(0).max(31_536_000_000).default(604_800_000),
      keepConfirmedBytes: z.number().int().min(0).max(1_000_000_000_000).default(1_073_741_824),
    })
    .prefault({}),
  commit: commitSchema.prefault({}),
  card: cardSchema.prefault({}),
  /** Readings that an agent keeps on its own disk: over a day at 10 a second. */
  spoolRowsMax: z.number().int().min(1_000).max(100_000_000).default(1_000_000),
  /** Longest wait between two tries to reach a broker. */
  reconnectMsMax: z.number().int().min(200).max(600_000).default(30_000),
  deadLettersMax: z.number().int().min(10).max(100_000).default(1_000),
  clock: z
    .strictObject({
      /** While no clock has been set events wait so long for it, with the uplink up; a customer's status may be 15 minutes old. */
      holdMsMax: z.number().int().min(0).max(86_400_000).default(600_000),
    })
    .prefault({}),
  uplink: z
    .strictObject({
      /** Batches on their way to the broker without PUBACK. */
      batchesInFlightMax: z.number().int().min(1).max(1_000).default(32),
      /** Events sent ahead of HQ's watermark; keeps a slow HQ from drowning its broker. */
      unconfirmedEventsMax: z.number().int().min(256).max(10_000_000).default(100_000),
      /** Without progress of the watermark for so long, what is unconfirmed is sent again. */
      resendAfterMs: z.number().int().min(1_000).max(3_600_000).default(10_000),
      stateEveryMs: z.number().int().min(1_000).max(3_600_000).default(60_000),
      /** How fast a backlog goes out where HQ grants no other rate: ten days at two a second in 2.4 hours. */
      drainEventsPerSecond: z.number().int().min(1).max(1_000_000).default(200),
    })
    .prefault({}),
});

const sectionsSchema = z.strictObject({
  site: siteSchema,
  gateway: gatewaySchema,
  agent: agentSchema.prefault({}),
  hq: headquartersSchema,
  readPoints: z.array(readPointSchema).max(256).default([]),
  devices: z.array(deviceSchema).max(256).default([]),
  returns: returnsSchema.prefault({}),
  queue: queueSchema.prefault({}),
  weighing: weighingSchema.prefault({}),
  limits: limitsSchema.prefault({}),
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
});
export type Configuration = z.infer<typeof sectionsSchema>;

/** `/etc/storewire/storewire.yaml`, whole: shape, defaults, and that every name that is used exists. */
export const configurationSchema = sectionsSchema.superRefine((configuration, context) => {
  for (const { path, found, allowed } of checkReferences(configuration)) {
    context.addIssue({
      code: "custom",
      path: [...path],
      message: `found ${found}; allowed: ${allowed}`,
      params: { found, allowed },
    });
  }
});

function isTimeZone(zone: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}
