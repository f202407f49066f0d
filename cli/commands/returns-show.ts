import { readItemHistory } from "../../gateway/returns/item-history.ts";
import { namedItem } from "../../protocols/gs1/named-item.ts";
import { exitCodes } from "../exit-codes.ts";
import { itemStory } from "../returns/item-story.ts";
import { UsageError } from "../usage-error.ts";
import { configurationOrComplain } from "./check.ts";

/** `storewire returns show ITEM`: what this gateway's disk knows of it; the result is the exit code. */
export async function returnsShow(words: string, file: string, json: boolean): Promise<number> {
  const item = namedItem(words);
  if (!item.ok) throw new UsageError(`"${words}" names no item: ${item.error}`);
  const configuration = configurationOrComplain(file);
  if (configuration === undefined) return exitCodes.configuration;
  const { gateway, site } = configuration;
  try {
    const history = await readItemHistory(gateway.database, item.value.uri, site.timeZone);
    console.log(json ? JSON.stringify(history) : itemStory(history).join("\n"));
    return exitCodes.done;
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    console.error(`storewire: ${gateway.database} cannot be read: ${reason}`);
    return exitCodes.unavailable;
  }
}
