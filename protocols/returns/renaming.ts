/** An item went on under another identity. */
export interface Renaming {
  /** Both are canonical GS1 Digital Links. */
  readonly from: string;
  readonly to: string;
}

const first = (list: unknown): unknown => (Array.isArray(list) ? (list as readonly unknown[])[0] : undefined);

/**
 * Reads out of an EPCIS event of ours whether it gives an item a new identity: a transformation does, and the
 * commissioning of a label in the place of a retired one. Undefined where it does not.
 */
export function renamingOf(event: Readonly<Record<string, unknown>>): Renaming | undefined {
  const from = first(event["inputEPCList"]) ?? event["storewire:formerly"];
  const to = first(event["outputEPCList"] ?? event["epcList"]);
  return typeof from === "string" && typeof to === "string" ? { from, to } : undefined;
}
