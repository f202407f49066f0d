import { z } from "zod";

const filePathWords = "an absolute path such as /etc/storewire/hq-ca.pem";

/** Secrets and databases are named by where they lie, never written down here. */
export const filePathSchema = z.string().regex(/^\//, filePathWords).meta({ description: filePathWords });
