import type {
  EpcisAggregationEvent,
  EpcisBusinessTransaction,
  EpcisEvent,
  EpcisTransactionEvent,
  EpcisTransformationEvent,
  Uri,
} from "./event.ts";
import { type EventFacts, identified } from "./object-event.ts";

/** Things go into a container (`ADD`) or come out of it (`DELETE`); without children all that is in it. */
export function aggregationEvent(
  facts: EventFacts,
  parent: Uri,
  children: readonly Uri[],
): EpcisAggregationEvent {
  const childEPCs = children.length > 0 ? children : undefined;
  return identified("AggregationEvent", facts, { parentID: parent, childEPCs });
}

/** Things turn out to belong to business transactions: a receipt that was scanned after the item. */
export function transactionEvent(
  facts: EventFacts,
  items: readonly Uri[],
  bizTransactions: readonly EpcisBusinessTransaction[],
): EpcisTransactionEvent {
  return identified("TransactionEvent", { ...facts, bizTransactions }, { epcList: items });
}

/** Out of things become others; EPCIS gives such an event no action. */
export function transformationEvent(
  facts: Omit<EventFacts, "action">,
  inputEPCList: readonly Uri[],
  outputEPCList: readonly Uri[],
): EpcisTransformationEvent {
  return identified("TransformationEvent", facts, { inputEPCList, outputEPCList });
}

/**
 * The same event again, declared to be none: it did not occur (CBV 2.0 section 7.5, `did_not_occur` has no
 * corrective events). Its identity stays, for the hash leaves the declaration out.
 */
export const declaredWrong = (
  event: EpcisEvent,
  timeMs: number,
): EpcisEvent & { readonly errorDeclaration: object } => ({
  ...event,
  errorDeclaration: { declarationTime: new Date(timeMs).toISOString(), reason: "did_not_occur" },
});
