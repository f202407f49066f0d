import type { EpcisEvent } from "../../protocols/epcis/event.ts";
import type { Stamp } from "../../protocols/readings.ts";
import type { ReturnCase } from "./return-case.ts";
import type { Post } from "./rules.ts";
import type { Turn } from "./turn.ts";

/** A code without a serial number at a desk, until its tag has come or nobody waits for it any longer. */
export interface WaitingScan {
  readonly uri: string;
  readonly gtin?: string;
  readonly at: Stamp;
  readonly device: string;
  readonly reading?: string;
}

/** A weight that came while its item had no identity yet. */
export interface WaitingWeight {
  readonly value: string;
  readonly unit: string;
  readonly at: Stamp;
  readonly device: string;
  readonly reading?: string;
}

/** A tag at a door, until it is known whether it came or went. */
export interface Crossing {
  readonly epcHex: string;
  readonly antenna?: number;
  readonly at: Stamp;
}

/** The last step at a post, and how things stood before it. */
export interface LastStep {
  readonly uri: string;
  readonly told: number;
  readonly event: EpcisEvent;
  readonly at: Stamp;
  readonly before: ReturnCase | null;
  /** What the item was called before it, and with which event its label was retired. */
  readonly renamed?: { readonly from: string; readonly retired?: EpcisEvent };
}

/** What is going on at one post. */
export interface PostState {
  /** The item seen last; weights, commands and receipts are its. */
  readonly item?: { readonly uri: string; readonly gtin?: string; readonly at: Stamp; readonly class?: true };
  readonly clerk?: { readonly name: string; readonly at: Stamp };
  readonly receipt?: { readonly uri: string; readonly at: Stamp };
  /** The item already has its receipt. */
  readonly receipted?: string;
  readonly scans?: readonly WaitingScan[];
  readonly weight?: WaitingWeight;
  readonly container?: { readonly uri: string; readonly at: Stamp };
  readonly handOver?: { readonly uri: string; readonly at: Stamp; readonly giver?: string };
  readonly crossings?: readonly Crossing[];
  readonly passage?: { readonly direction: "in" | "out"; readonly at: Stamp };
  readonly last?: LastStep;
}

const emptyState: PostState = {};

export const postStateOf = (turn: Turn, { documentKey }: Post): PostState =>
  (turn.get(documentKey) as PostState | undefined) ?? emptyState;

/** Fields that are undefined are forgotten. */
export function changePost(
  turn: Turn,
  post: Post,
  change: { readonly [Field in keyof PostState]?: PostState[Field] | undefined },
): void {
  // Written down, a field that is undefined is absent; taking it out here would make each later look slower.
  turn.put(post.documentKey, { ...postStateOf(turn, post), ...change });
}

/** Whose badge was scanned last here, while that still counts. */
export function clerkAt(turn: Turn, post: Post | undefined, at: Stamp): string | undefined {
  if (post === undefined) return undefined;
  const { clerk } = postStateOf(turn, post);
  return clerk !== undefined && turn.within(clerk.at, at, turn.rules.limits.badgeMs) ? clerk.name : undefined;
}
