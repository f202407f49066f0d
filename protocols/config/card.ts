import { z } from "zod";

/**
 * The card or disk that holds the database: what it takes, and how full it may get. The defaults are those of
 * a 16 GB card that nobody has looked up.
 */
export const cardSchema = z
  .strictObject({
    /**
     * Bytes that its cells take before they are worn. 500 times 16 GB: the weakest cards sold for "endurance" promise
     * some 900 times their size, in video (117 TB on 128 GB: SanDisk High Endurance, Kingston High Endurance).
     */
    enduranceBytes: z
      .number()
      .int()
      .min(1_000_000_000)
      .max(10_000_000_000_000_000)
      .default(8_000_000_000_000),
    /** What a byte costs inside the card: small writes with a sync each make it write whole blocks anew. */
    writeAmplification: z.number().min(1).max(100).default(4),
    /** The life that commits are paced for: each day may use up one of that many days. */
    lifeYearsWanted: z.number().min(0.1).max(50).default(5),
    /** A forecast below this is an alert: time enough to send a new card with the next visit. */
    lifeYearsMin: z.number().min(0.1).max(50).default(2),
    /** Less free than this: telemetry shrinks, what has arrived is not kept any longer, and HQ is told. */
    freeBytesLow: z.number().int().min(0).max(1_000_000_000_000).default(512_000_000),
    /** Less free than this: nothing more is acknowledged. SQLite's log needs 64 MiB, the system the rest. */
    freeBytesMin: z.number().int().min(0).max(1_000_000_000_000).default(128_000_000),
  })
  .superRefine(({ freeBytesLow, freeBytesMin }, context) => {
    if (freeBytesMin <= freeBytesLow) return;
    const params = { found: String(freeBytesMin), allowed: `at most freeBytesLow, which is ${freeBytesLow}` };
    const message = `found ${params.found}; allowed: ${params.allowed}`;
    context.addIssue({ code: "custom", path: ["freeBytesMin"], message, params });
  });
export type CardConfig = z.infer<typeof cardSchema>;

export const commitSchema = z.strictObject({
  /** How long a commit is held at most where the card is used up faster than wanted; 0 never holds one. */
  waitMsMax: z.number().int().min(0).max(1_000).default(50),
  /** How late it may be written down what HQ or a broker has taken; after a power cut that is sent once more. */
  settleWaitMsMax: z.number().int().min(0).max(60_000).default(1_000),
});
