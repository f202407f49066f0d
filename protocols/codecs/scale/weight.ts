/** A weight as far as its frame tells it. */
export interface ScaleWeight {
  /** Exact, without the characters that fill its field. */
  readonly value: string;
  /** As the scale writes it; null: nowhere in the frame, the scale's settings know. */
  readonly unit: string | null;
  /** null: not in the frame, to be inferred from frames that stay the same. */
  readonly stable: boolean | null;
  readonly mode?: "gross" | "net";
}
