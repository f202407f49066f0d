import { z } from "zod";
import { filePathSchema } from "./file-path.ts";

const urlWords = "http(s)://host[:port][/path] of an EPCIS repository; /capture is added to it";

/** A second way up for return events: an EPCIS 2.0 repository over HTTP. */
export const captureSchema = z.strictObject({
  url: z
    .string()
    .regex(/^https?:\/\/[^/@\s?#]+(?:\/[^\s?#]*)?$/, urlWords)
    .meta({ description: urlWords }),
  tls: z
    .strictObject({
      caFile: filePathSchema.optional(),
      certFile: filePathSchema.optional(),
      keyFile: filePathSchema.optional(),
    })
    .optional(),
  /** Holds the bearer token; read again at every request, so that it can be replaced. */
  tokenFile: filePathSchema.optional(),
  /** Further headers by name, each from a file: `API-KEY` of OpenEPCIS, `Authorization: Basic ...` of FasTnT. */
  headerFiles: z.record(z.string().regex(/^[A-Za-z0-9-]{1,64}$/), filePathSchema).default({}),
  /** What the repository is asked to do with the rest of a batch when it refuses one event of it. */
  errorBehaviour: z.enum(["proceed", "rollback"]).default("proceed"),
  /** Events of one request; the repository's own limit may be lower. */
  eventsMax: z.number().int().min(1).max(100_000).default(500),
  /** Bytes of one request; the repository's own limit may be lower. */
  bytesMax: z.number().int().min(10_000).max(100_000_000).default(1_048_576),
  /** What HQ has, and the repository has not, is kept up to so many bytes: about a million events. */
  keptBytesMax: z.number().int().min(1_000_000).max(1_000_000_000_000).default(1_073_741_824),
});
export type CaptureConfiguration = z.infer<typeof captureSchema>;
