import type { EventData, EventDraft } from "../../protocols/events.ts";
import { type FaultCode, faults } from "../../protocols/faults.ts";
import type { Reading } from "../../protocols/readings.ts";
import { momentOf } from "../service.ts";

/** What an alert is about, and the reading that it turned out with. */
export interface AlertPlace {
  readonly reading: Reading;
  readonly subject: string;
  readonly terminal: string;
}

export function weighingAlert(
  { reading, subject, terminal }: AlertPlace,
  code: FaultCode,
  about: string,
  more: Pick<EventData<"storewire.alert.weighing">, "missing"> = {},
): EventDraft {
  const { words, cure } = faults[code];
  const data = { code, cause: `${words}: ${about}`, cure, terminal, ...more };
  return { type: "storewire.alert.weighing", ...placed(reading, subject), data };
}

export const placed = ({ device, at, id }: Reading, subject: string) =>
  ({ subject, origin: device, ...momentOf(at), reading: id }) as const;
