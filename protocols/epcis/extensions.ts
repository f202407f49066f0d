/** Namespace of our own extensions: `storewire:grade`. */
export const storewireNamespace = "urn:x-storewire:epcis:";

interface Extension {
  readonly words: string;
  readonly type: "text";
}

/** Every extension that an event of ours can carry, all at its top level; the JSON-LD context is made from this table. */
export const extensions = {
  case: {
    type: "text",
    words: "The return case that the event belongs to: the reading that opened it. The same at every site.",
  },
  gtin: { type: "text", words: "The GTIN of goods that bear no serial number, as a GS1 Digital Link." },
  formerly: {
    type: "text",
    words: "The identity that the item had before its label was replaced, as a GS1 Digital Link.",
  },
  successor: {
    type: "text",
    words: "The identity that the item has instead of one that is retired, as a GS1 Digital Link.",
  },
  tag: { type: "text", words: "The EPC to write to a tag that is stuck on the item, as `0x` and hex." },
  grade: { type: "text", words: "What inspection found: A, B, C, damaged, expired or recalled." },
  care: {
    type: "text",
    words: "What was done for the customer: informed, answered, planned, progressed, solved or called-back.",
  },
  clerk: { type: "text", words: "Whose badge was scanned last at the post." },
  post: { type: "text", words: "The read point that has custody of the item after the event." },
  givenBy: { type: "text", words: "Who gave the item away; signed with the badge." },
  takenBy: { type: "text", words: "Who took the item over; signed with the badge." },
  device: { type: "text", words: "The device that observed it." },
} as const satisfies Record<string, Extension>;
export type ExtensionName = keyof typeof extensions;
export type StorewireExtensions = {
  readonly [Name in ExtensionName as `storewire:${Name}`]?: string | undefined;
};
