import { faults } from "../../protocols/faults.ts";
import type { Observation } from "../../protocols/readings.ts";
import type { Sight } from "./step-event.ts";
import type { Turn } from "./turn.ts";

/** Codes that HQ was told of. A strange tag that lies about is one alert, not one for each time it is seen. */
const codesKnownMax = 64;
/** A whole QR code of prose helps nobody. */
const codeCharactersMax = 128;
const unreadableKey = "unreadable";

/** Something was read at a post that names no item. */
export function unreadable(turn: Turn, sight: Sight, observation: Observation, error: string): void {
  const content = contentOf(observation);
  const known = (turn.get(unreadableKey) as readonly string[] | undefined) ?? [];
  if (known.includes(content)) return;
  const { words, wordsChinese, cure, cureChinese } = faults["code-unreadable"];
  const data = {
    code: "code-unreadable",
    cause: `${words}: ${error}`,
    cure,
    causeChinese: wordsChinese,
    cureChinese,
    device: sight.device,
    readPoint: sight.post.id,
    content,
  };
  turn.put(unreadableKey, [...known, content].slice(-codesKnownMax));
  turn.tell(sight, { type: "storewire.alert.gateway", subject: "code-unreadable", data }, []);
}

function contentOf(observation: Observation): string {
  if (observation.kind === "scan") return observation.text.slice(0, codeCharactersMax);
  return observation.kind === "tag" ? observation.epcHex : observation.kind;
}
