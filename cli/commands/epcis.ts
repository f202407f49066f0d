import { once } from "node:events";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import type { HashProfile } from "../../protocols/epcis/pre-hash.ts";
import { answerEpcisLines, documentCharactersMax, epcisAnswer } from "../epcis-answer.ts";
import { exitCodes } from "../exit-codes.ts";
import { UsageError } from "../usage-error.ts";

/**
 * `storewire epcis check [FILE|-]`: one JSON object for each document. From stdin and from `.jsonl` files one
 * document a line, and the exit code says that all were answered; another file is one document, and it says the answer.
 */
export async function epcisCheck(file: string, options: { readonly profile: HashProfile }): Promise<number> {
  // Nobody reads on: `| head` has what it wanted.
  process.stdout.on("error", () => process.exit(exitCodes.done));
  if (file === "-" || /\.(jsonl|ndjson)$/.test(file)) {
    const pieces = file === "-" ? process.stdin : createReadStream(file);
    await answerEpcisLines(pieces.setEncoding("utf8"), write, options.profile);
    return exitCodes.done;
  }
  const answer = epcisAnswer(await contentOf(file), options.profile);
  await write(JSON.stringify(answer));
  return answer.ok ? exitCodes.done : exitCodes.failed;
}

/** Waits while nobody takes the answers, so that they do not pile up here. */
async function write(line: string): Promise<void> {
  if (!process.stdout.write(`${line}\n`)) await once(process.stdout, "drain");
}

async function contentOf(file: string) {
  const handle = await open(file).catch((error: Error) => {
    throw new UsageError(`cannot read ${file}: ${error.message}`);
  });
  try {
    const { size } = await handle.stat();
    if (size > documentCharactersMax) return { ok: false, characters: size } as const;
    return { ok: true, text: await handle.readFile("utf8") } as const;
  } finally {
    await handle.close();
  }
}
