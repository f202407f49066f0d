import { z } from "zod";
import { nameSchema } from "../readings.ts";
import { filePathSchema } from "./file-path.ts";

/** What a browser in the store shows; an account is for one of them. */
export const screenKinds = ["kiosk", "counter", "board"] as const;
export type ScreenKind = (typeof screenKinds)[number];

/** Whom readings from pages come from; no agent and no device may bear this name beside it. */
export const consoleAgent = "console";

const consoleAccountSchema = z.strictObject({
  username: nameSchema,
  tokenFile: filePathSchema,
  screen: z.enum(screenKinds),
  /** Where the kiosk or counter stands; a board stands anywhere. */
  readPoint: nameSchema.optional(),
});

/** The pages in the browser and the server behind them. */
export const consoleSchema = z.strictObject({
  /** Nothing listens that nobody asked for. */
  enabled: z.boolean().default(false),
  /** Loopback unless there are accounts. */
  host: z.string().default("127.0.0.1"),
  port: z.number().int().min(0).max(65_535).default(8080),
  /** Without it pages and tokens cross the store's network as they are. */
  tls: z.strictObject({ certFile: filePathSchema, keyFile: filePathSchema }).optional(),
  /** Without accounts whoever is at the box itself may use every page. */
  accounts: z.array(consoleAccountSchema).max(64).default([]),
});
