import type { Fault } from "../../../../protocols/faults.ts";

/** What the test asks of the process in which /sys/class/gpio is ours. */
export type BenchCall =
  | { readonly call: "open"; readonly connection: number }
  | { readonly call: "send" | "send-feature" | "close"; readonly connection: number }
  | {
      readonly call: "set-line";
      readonly connection: number;
      readonly line: string;
      readonly active: boolean;
    }
  /** Written to `.bench`. */
  | { readonly call: "world"; readonly command: string };

export type BenchQuestion = BenchCall & { readonly question: number };

export type BenchSaying =
  | { readonly say: "ready" }
  | {
      readonly say: "answer";
      readonly question: number;
      readonly fault?: Fault;
      readonly error?: string;
      readonly lampLevel: boolean;
    }
  | { readonly say: "edge"; readonly connection: number; readonly line: string; readonly active: boolean }
  | { readonly say: "closed"; readonly connection: number; readonly fault: Fault };

/** Offsets of the two lines on the bench's chip. */
export const buttonOffset = 1;
export const lampOffset = 2;
