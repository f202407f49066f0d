import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { readItemHistory } from "../../gateway/returns/item-history.ts";
import { readEntriesWith } from "../../outbox/entry-reader.ts";
import type { Configuration } from "../../protocols/config/configuration.ts";
import { namedItem } from "../../protocols/gs1/named-item.ts";
import { evidenceKey } from "../evidence/key-file.ts";
import { publicPem, signedFile, verdictOn } from "../evidence/signed-file.ts";
import { evidenceStatement, placesOf } from "../evidence/statement.ts";
import { exitCodes } from "../exit-codes.ts";
import { fontFor } from "../paper/chinese-font.ts";
import type { PaperLanguage } from "../paper/language.ts";
import { packageVersion, systemClock } from "../system.ts";
import { UnavailableError } from "../unavailable-error.ts";
import { UsageError } from "../usage-error.ts";
import { configurationOrComplain } from "./check.ts";

export interface EvidenceOptions {
  readonly config: string;
  readonly pdf?: string;
  readonly language: PaperLanguage;
  readonly font?: string;
  readonly verify?: string;
  readonly publicKey?: boolean;
}

/** `storewire returns evidence [ITEM]`: the signed file on stdout, a PDF beside it; or a verdict on such a file. */
export async function returnsEvidence(words: string | undefined, options: EvidenceOptions): Promise<number> {
  if (options.verify !== undefined) return verifyFile(options.verify);
  if (words === undefined && options.publicKey !== true) {
    throw new UsageError("name an item, or a file with --verify, or ask for the --public-key");
  }
  const configuration = configurationOrComplain(options.config);
  if (configuration === undefined) return exitCodes.configuration;
  try {
    if (words === undefined) {
      process.stdout.write(
        publicPem(createPrivateKey(await evidenceKey(configuration.returns.evidenceKeyFile))),
      );
      return exitCodes.done;
    }
    return await makeEvidence(words, configuration, options);
  } catch (error) {
    if (error instanceof UsageError || error instanceof UnavailableError) throw error;
    console.error(`storewire: no evidence: ${error instanceof Error ? error.message : String(error)}`);
    return exitCodes.unavailable;
  }
}

async function makeEvidence(
  words: string,
  configuration: Configuration,
  options: EvidenceOptions,
): Promise<number> {
  const { pdf, language } = options;
  const font = pdf === undefined ? undefined : fontFor(language, options.font);
  const item = namedItem(words);
  if (!item.ok) throw new UsageError(`"${words}" names no item: ${item.error}`);
  const { gateway, site, returns } = configuration;
  const { uri } = item.value;
  const history = await readItemHistory(gateway.database, uri, site.timeZone);
  if (history.steps.length === 0) {
    console.error(`storewire: nothing is known of ${uri} here`);
    return exitCodes.failed;
  }
  const clock = systemClock();
  const statement = evidenceStatement({
    history,
    places: placesOf(await readEntriesWith(gateway.database, "return", uri)),
    made: { at: new Date(clock.wallMs()).toISOString(), clock: clock.quality(), version: packageVersion },
    site: { id: site.id, gln: site.gln, gateway: gateway.id },
  });
  const file = signedFile(statement, await evidenceKey(returns.evidenceKeyFile));
  if (pdf !== undefined) {
    const { evidencePdf } = await import("../evidence/evidence-pdf.ts");
    await writeFile(pdf, await evidencePdf({ history, statement, file, language }, font));
  }
  console.log(JSON.stringify(file, undefined, 2));
  return exitCodes.done;
}

/** One JSON line: what was signed and by whose key, or why it is none. */
function verifyFile(path: string): number {
  const bytes = path === "-" ? readFileSync(0) : readEvidence(path);
  const verdict = verdictOn(bytes.toString("utf8"));
  if (!verdict.ok) {
    console.log(JSON.stringify(verdict));
    return exitCodes.failed;
  }
  const { fingerprint, statement } = verdict;
  const { item, made, site, steps } = statement;
  console.log(JSON.stringify({ ok: true, fingerprint, item, made, site, events: steps.length }));
  return exitCodes.done;
}

function readEvidence(path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    throw new UsageError(`cannot read ${path}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
