import { z } from "zod";

/** A message under `cmd/` of more bytes is none of ours; HQ splits what is more. */
export const orderBytesMax = 128 * 1024;

/** HQ's own id of an order; told again it is the same. */
export const orderIdSchema = z.string().min(1).max(64);

/** The reply to an order: it is on disk, and HQ need not tell it again. */
export const orderReplySchema = z.object({ id: z.string(), outcome: z.literal("done") });
