import type { Decoded } from "../../protocols/codec.ts";
import type { EventDraft } from "../../protocols/events.ts";
import { faults } from "../../protocols/faults.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { type Documents, momentOf, nothing, type ServiceOutcome } from "../service.ts";

/** Codes that HQ was told of. A strange tag that lies about is one alert, not one for each time it is seen. */
const codesKnownMax = 64;
/** A whole QR code of prose helps nobody. */
const codeCharactersMax = 128;
const unreadableKey = "unreadable";

/** Something was read at a post that names no item. */
export function unreadable(
  documents: Documents,
  reading: Reading,
  refusal: Extract<Decoded<never>, { ok: false }>,
): ServiceOutcome {
  const content = contentOf(reading.observation);
  const known = (documents.get(unreadableKey) as readonly string[] | undefined) ?? [];
  if (known.includes(content)) return nothing;
  const { words, cure } = faults["code-unreadable"];
  const alert: EventDraft = {
    type: "storewire.alert.gateway",
    subject: "code-unreadable",
    origin: reading.device,
    ...momentOf(reading.at),
    reading: reading.id,
    data: {
      code: "code-unreadable",
      cause: `${words}: ${refusal.error}`,
      cure,
      device: reading.device,
      readPoint: reading.readPoint,
      content,
    },
  };
  const value = [...known, content].slice(-codesKnownMax);
  return { ...nothing, changes: [{ key: unreadableKey, value }], events: [alert] };
}

function contentOf(observation: Observation): string {
  if (observation.kind === "scan") return observation.text.slice(0, codeCharactersMax);
  return observation.kind === "tag" ? observation.epcHex : observation.kind;
}
