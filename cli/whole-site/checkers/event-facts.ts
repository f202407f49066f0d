/** What of an event does not change on its way, whatever its time turns out to be. */
export interface EventFacts {
  readonly id: string;
  readonly type: string;
  readonly subject: string;
  readonly epoch: string;
  readonly sequence: number;
  readonly source: string;
  readonly reading: string | undefined;
  readonly data: Readonly<Record<string, unknown>>;
}

export function eventFacts(body: string): EventFacts {
  const event = JSON.parse(body) as Omit<EventFacts, "sequence"> & { readonly sequence: string };
  return { ...event, sequence: Number(event.sequence), reading: event.reading };
}

/** A declared loss: which places HQ need not wait for. */
export interface DeclaredLoss {
  readonly stream: string;
  readonly epoch: string;
  readonly from: number;
  readonly to: number;
}

export function declaredLoss({ type, data }: EventFacts): DeclaredLoss | undefined {
  if (type !== "storewire.alert.loss") return undefined;
  const { stream, epoch, from, to } = data as Record<keyof DeclaredLoss, string>;
  return { stream, epoch, from: Number(from), to: Number(to) };
}
