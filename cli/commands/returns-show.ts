import { readItemHistory } from "../../gateway/returns/item-history.ts";
import { namedItem } from "../../protocols/gs1/named-item.ts";
import { exitCodes } from "../exit-codes.ts";
import { itemStory } from "../returns/item-story.ts";
import { UsageError } from "../usage-error.ts";
import { configurationOrComplain } from "./check.ts";

export interface ShowOptions {
  readonly config: string;
  readonly json?: boolean;
  readonly language: "zh" | "en";
}

/** `storewire returns show ITEM`: what this gateway's disk knows of it; the result is the exit code. */
export async function returnsShow(words: string, options: ShowOptions): Promise<number> {
  const item = namedItem(words);
  if (!item.ok) throw new UsageError(`"${words}" names no item: ${item.error}`);
  const configuration = configurationOrComplain(options.config);
  if (configuration === undefined) return exitCodes.configuration;
  const { gateway, site } = configuration;
  try {
    const history = await readItemHistory(gateway.database, item.value.uri, site.timeZone);
    const language = options.language === "zh" ? "chinese" : "english";
    console.log(options.json === true ? JSON.stringify(history) : itemStory(history, language).join("\n"));
    return exitCodes.done;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`storewire: ${gateway.database} cannot be read: ${reason}`);
    return exitCodes.unavailable;
  }
}
