import { z } from "zod";
import { nameSchema } from "../readings.ts";

const shownNameSchema = z.string().min(1).max(40);

const queueServiceSchema = z.strictObject({
  id: nameSchema,
  /** What a ticket number begins with: `A` makes A-001. */
  prefix: z
    .string()
    .regex(/^[A-Z]{1,2}$/, "one or two capital letters")
    .meta({ description: "one or two capital letters" }),
  name: shownNameSchema,
  nameChinese: shownNameSchema,
  /** How long one customer takes, as long as nobody has been served yet. */
  serviceMinutes: z.number().min(0.1).max(240).default(5),
});

const priorityClassSchema = z.strictObject({
  id: nameSchema,
  /** Of two tickets that have aged alike, that of the higher rank is called first. */
  rank: z.number().int().min(0).max(9),
  /** How fast the class ages: a minute of waiting counts as so many; by its rank where it is not given. */
  ages: z.number().min(0.1).max(10).optional(),
  name: shownNameSchema.optional(),
  nameChinese: shownNameSchema.optional(),
});

const counterSchema = z.strictObject({
  readPoint: nameSchema,
  services: z.array(nameSchema).min(1),
  name: shownNameSchema.optional(),
  /** Called here rather than elsewhere: services and priority classes by their id. */
  prefers: z.array(nameSchema).max(32).default([]),
});

/** When somebody has to look at the waiting area; each is told once, and again once it was well between. */
const attentionSchema = z.strictObject({
  /** So many wait for one service. */
  waiting: z.number().int().min(1).max(10_000).default(30),
  longestWaitMinutes: z.number().min(1).max(1_440).default(45),
  /** Somebody waits, and an open counter has called nobody for so long. */
  unattendedMinutes: z.number().min(1).max(1_440).default(15),
  /** Of those who were called lately, so many did not come. */
  abandonedShare: z.number().min(0.01).max(1).default(0.3),
});

/** A display that shows who is called. */
const displaySchema = z.strictObject({
  device: nameSchema,
  /** Whose calls it shows, by their read points; all of them where none is named. */
  counters: z.array(nameSchema).max(64).default([]),
  /** What it shows: `{number}`, `{counter}` and `{service}` are the call's. */
  text: z.string().min(1).max(40).default("{number} -> {counter}"),
});

/** Where a presence sensor sees whoever stands before the goods. */
const shelfSchema = z.strictObject({
  readPoint: nameSchema,
  /** Whoever stays longer would like to be asked. */
  seconds: z.number().min(1).max(3_600).default(30),
  name: shownNameSchema.optional(),
  nameChinese: shownNameSchema.optional(),
});

/** A queue without tickets, counted by the passages at its ends. */
const crowdSchema = z.strictObject({
  id: nameSchema,
  name: shownNameSchema.optional(),
  nameChinese: shownNameSchema.optional(),
  /** Read points where people join it, and where whoever gives up leaves it. */
  entrances: z.array(nameSchema).min(1).max(8),
  /** Read points where those leave who were served; none where all leave through the entrances. */
  exits: z.array(nameSchema).max(8).default([]),
  /** So many of the passages are missed or seen twice: what is not known of the length grows by it. */
  missedShare: z.number().min(0).max(0.5).default(0.03),
  /** Without a passage for so long nobody stands in it. */
  emptyAfterMinutes: z.number().min(1).max(1_440).default(30),
});

export const queueSchema = z.strictObject({
  services: z.array(queueServiceSchema).max(26).default([]),
  priorityClasses: z
    .array(priorityClassSchema)
    .max(9)
    .default([
      { id: "regular", rank: 0, name: "Regular", nameChinese: "普通" },
      { id: "priority", rank: 1, name: "Priority", nameChinese: "优先" },
      { id: "elderly", rank: 1, name: "Elderly", nameChinese: "老年" },
      { id: "pregnant", rank: 1, name: "Pregnant", nameChinese: "孕妇" },
      { id: "disabled", rank: 1, name: "Disabled", nameChinese: "残障" },
    ]),
  counters: z.array(counterSchema).max(64).default([]),
  /** The device that prints tickets, per kiosk read point. */
  printers: z
    .array(z.strictObject({ kiosk: nameSchema, device: nameSchema }))
    .max(16)
    .default([]),
  displays: z.array(displaySchema).max(32).default([]),
  /** Tickets that may wait at once; beyond it a press is refused with an alert. */
  waitingMax: z.number().int().min(1).max(10_000).default(999),
  /** The same button again within this time is an impatient finger, not another customer; 0: each press counts. */
  pressAgainMs: z.number().int().min(0).max(10_000).default(500),
  /** A counter that nobody has pressed anything at for so long is closed. */
  closesAfterMinutes: z.number().min(1).max(1_440).default(120),
  /** Where a ticket's own page is: its QR code holds this and the ticket's id behind it; no code where it is absent. */
  statusUrl: z
    .string()
    .regex(/^https?:\/\/\S{1,200}$/, "an address such as https://queue.example/t/")
    .meta({ description: "an address such as https://queue.example/t/" })
    .optional(),
  /** How many faces the rating buttons have. */
  faces: z.number().int().min(3).max(5).default(5),
  shelves: z.array(shelfSchema).max(64).default([]),
  crowds: z.array(crowdSchema).max(16).default([]),
  attention: attentionSchema.prefault({}),
});
