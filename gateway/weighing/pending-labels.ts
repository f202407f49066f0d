import type { DeviceCommand, PrintElement } from "../../protocols/commands.ts";
import type { EventData, EventDraft } from "../../protocols/events.ts";
import type { Observation, Reading } from "../../protocols/readings.ts";
import { type Documents, nothing, type ServiceOutcome } from "../service.ts";
import { weighingAlert } from "./alerts.ts";

export type LabelDraft = Extract<EventDraft, { type: "storewire.weighing.labelled" }>;

/** A label that a printer was given and has not answered for. */
interface PendingLabel {
  readonly order: number;
  readonly draft: LabelDraft;
}

const prefix = "label/";
/**
 * Labels without an answer, as while the agent of a printer is away: goods of an hour. One more is not given to the
 * printer, so it is certain that it is not out, and is told of as missing.
 */
export const pendingLabelsMax = 64;

export const labelAge = (document: unknown): number => (document as Partial<PendingLabel>).order ?? 0;

export interface LabelOrder {
  readonly id: string;
  readonly device: string;
  readonly draft: LabelDraft;
  readonly elements: readonly PrintElement[];
}

/** The event waits for the printer's word; the order of labels is kept beside them. */
export function orderLabel(documents: Documents, reading: Reading, order: LabelOrder): ServiceOutcome {
  const { id, device, draft, elements } = order;
  const pending = [...documents].filter(([key]) => key.startsWith(prefix)).map(([, document]) => document);
  if (pending.length >= pendingLabelsMax) {
    return {
      ...nothing,
      events: [missing(reading, draft, `${device} has answered for none of ${pending.length}`)],
    };
  }
  const value: PendingLabel = { order: Math.max(0, ...pending.map(labelAge)) + 1, draft };
  const command: DeviceCommand = { id, device, task: { kind: "print", elements: [...elements] } };
  return { ...nothing, changes: [{ key: prefix + id, value }], commands: [command] };
}

/** Done: the label is out. Anything else is for a person to look at; it is never printed a second time by itself. */
export function answeredLabel(
  documents: Documents,
  reading: Reading,
  { command, outcome, fault }: Extract<Observation, { kind: "answer" }>,
): ServiceOutcome {
  const key = prefix + command;
  const pending = documents.get(key) as PendingLabel | undefined;
  if (pending === undefined) return nothing;
  const { draft } = pending;
  const told =
    outcome === "done" ? draft : missing(reading, draft, `${outcome}, ${fault ?? "no reason given"}`);
  return { ...nothing, changes: [{ key, value: undefined }], events: [told] };
}

/** With everything that the label says, for nothing else tells of this weighing. */
function missing(reading: Reading, { subject, data }: LabelDraft, about: string): EventDraft {
  const { printed: _, ...label } = data satisfies EventData<"storewire.weighing.labelled">;
  const place = { reading, subject, terminal: data.terminal };
  return weighingAlert(place, "weighing-label-missing", `${subject}, ${about}`, { missing: label });
}
