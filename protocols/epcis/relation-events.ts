import type {
  EpcisAggregationEvent,
  EpcisBusinessTransaction,
  EpcisEvent,
  EpcisTransactionEvent,
  EpcisTransformationEvent,
  Uri,
} from "./event.ts";
import { addContext, beginning, type Draft, type EventFacts, identified } from "./object-event.ts";

/** Things go into a container (`ADD`) or come out of it (`DELETE`); without children all that is in it. */
export function aggregationEvent(
  facts: EventFacts,
  parent: Uri,
  children: readonly Uri[],
): EpcisAggregationEvent {
  const draft: Draft<EpcisAggregationEvent> = Object.assign(beginning("AggregationEvent", facts), {
    parentID: parent,
  });
  if (children.length > 0) draft.childEPCs = children;
  addContext(draft, facts);
  return identified(draft, facts);
}

/** Things turn out to belong to business transactions: a receipt that was scanned after the item. */
export function transactionEvent(
  facts: EventFacts,
  items: readonly Uri[],
  bizTransactionList: readonly EpcisBusinessTransaction[],
): EpcisTransactionEvent {
  const draft: Draft<EpcisTransactionEvent> = Object.assign(beginning("TransactionEvent", facts), {
    epcList: items,
    bizTransactionList,
  });
  addContext(draft, facts);
  return identified(draft, facts);
}

/** Out of things become others; EPCIS gives such an event no action. */
export function transformationEvent(
  facts: Omit<EventFacts, "action">,
  inputEPCList: readonly Uri[],
  outputEPCList: readonly Uri[],
): EpcisTransformationEvent {
  const { action: _, ...begun } = beginning("TransformationEvent", facts);
  const draft: Draft<EpcisTransformationEvent> = { ...begun, inputEPCList, outputEPCList };
  addContext(draft, facts);
  return identified(draft, facts);
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
