/** What a technician is told about a fault, and whether trying again by itself can help. */
export interface FaultEntry {
  readonly words: string;
  readonly wordsChinese: string;
  readonly cure: string;
  readonly cureChinese: string;
  readonly retry: boolean;
}
