import type { EpcisBusinessTransaction } from "../../protocols/epcis/event.ts";
import { transactionEvent } from "../../protocols/epcis/relation-events.ts";
import type { ItemIdentity } from "../../protocols/gs1/item-identity.ts";
import { present } from "../../protocols/present.ts";
import type { Stamp } from "../../protocols/readings.ts";
import { nextAsset, orderLabel } from "./labels.ts";
import { changePost, postStateOf, type WaitingScan } from "./post-state.ts";
import { caseOf } from "./return-case.ts";
import type { Post } from "./rules.ts";
import { extensionsOf, placeFacts, type Sight } from "./step-event.ts";
import { takeStep } from "./take-step.ts";
import type { Turn } from "./turn.ts";
import { weighed } from "./weights.ts";

/** Codes that wait at one desk for their tags: more than a clerk scans within the longest window. */
const scansMax = 16;

/** An item with a serial number at the desk: the code, the tag and what else was scanned of it are one hand-in. */
export function handIn(turn: Turn, sight: Sight, item: ItemIdentity): void {
  const { post, at } = sight;
  const { scans = [], receipt } = postStateOf(turn, post);
  const { joinMs, commandJoinMs } = turn.rules.limits;
  const own = scans.find(({ gtin, at: from }) => gtin === item.gtin && turn.within(from, at, joinMs));
  const rest = scans.filter((scan) => scan !== own);
  const joins = receipt !== undefined && turn.within(receipt.at, at, commandJoinMs);
  takeStep(turn, sight, item.uri, {
    name: "handed-in",
    ...present({ gtin: item.gtin, transactions: joins ? [receiptTransaction(receipt.uri)] : undefined }),
  });
  changePost(turn, post, {
    scans: rest.length > 0 ? rest : undefined,
    receipt: undefined,
    receipted: joins ? item.uri : undefined,
    item: { uri: item.uri, at, ...present({ gtin: item.gtin }) },
  });
}

/** A code without a serial number: it may be that of the item that was just handed in, or wait for its tag. */
export function classScanned(turn: Turn, sight: Sight, item: ItemIdentity): void {
  const { post, at, device, reading } = sight;
  const { item: last, scans = [] } = postStateOf(turn, post);
  const { joinMs } = turn.rules.limits;
  if (
    last !== undefined &&
    last.class === undefined &&
    last.gtin === item.gtin &&
    turn.within(last.at, at, joinMs)
  ) {
    // The next of its kind is another item.
    changePost(turn, post, { item: { ...last, class: true } });
    return;
  }
  const scan: WaitingScan = { uri: item.uri, at, device, ...present({ gtin: item.gtin, reading }) };
  const full = scans.length >= scansMax ? scans.slice(0, 1) : [];
  changePost(turn, post, { scans: [...scans.slice(full.length), scan], item: undefined });
  for (const oldest of full) commission(turn, post, oldest);
}

/** Codes that nobody waits for any longer become items with an identity of the store's own. */
export function endWaits(turn: Turn, post: Post, now: Stamp): void {
  const { scans } = postStateOf(turn, post);
  if (scans === undefined) return;
  const over = scans.filter(({ at }) => !turn.within(at, now, turn.rules.limits.joinMs));
  if (over.length === 0) return;
  const rest = scans.filter((scan) => !over.includes(scan));
  changePost(turn, post, { scans: rest.length > 0 ? rest : undefined });
  for (const scan of over) commission(turn, post, scan);
}

function commission(turn: Turn, post: Post, { gtin, at, device, reading }: WaitingScan): void {
  const sight: Sight = { post, at, device, ...present({ reading }) };
  const { receipt, weight } = postStateOf(turn, post);
  const asset = nextAsset(turn, at.wallMs);
  const joins = receipt !== undefined && turn.within(receipt.at, at, turn.rules.limits.commandJoinMs);
  takeStep(turn, sight, asset.uri, {
    name: "handed-in",
    commissioning: { tag: asset.epcHex },
    ...present({ gtin, transactions: joins ? [receiptTransaction(receipt.uri)] : undefined }),
  });
  const item = { uri: asset.uri, at, class: true as const, ...present({ gtin }) };
  changePost(turn, post, {
    item,
    receipt: undefined,
    receipted: joins ? asset.uri : undefined,
    weight: undefined,
  });
  orderLabel(turn, post, asset, gtin);
  if (weight !== undefined) weighed(turn, { ...weight, post }, weight);
}

/** A receipt belongs to the item that was handed in just now, or to the one that comes next. */
export function receiptScanned(turn: Turn, sight: Sight, uri: string): void {
  const { post, at } = sight;
  const { item, receipted } = postStateOf(turn, post);
  const { commandJoinMs } = turn.rules.limits;
  const open = item === undefined ? undefined : caseOf(turn, item.uri);
  if (item === undefined || receipted === item.uri || !turn.within(item.at, at, commandJoinMs)) {
    changePost(turn, post, { receipt: { uri, at } });
    return;
  }
  const data = transactionEvent(
    {
      ...placeFacts(turn, sight),
      action: "ADD",
      bizStep: "receiving",
      extensions: extensionsOf(turn, sight, open),
    },
    [item.uri],
    [receiptTransaction(uri)],
  );
  turn.tell(sight, { type: "storewire.return.receipt", subject: item.uri, data }, [item.uri]);
  changePost(turn, post, { receipted: item.uri });
}

const receiptTransaction = (bizTransaction: string): EpcisBusinessTransaction => ({
  type: "inv",
  bizTransaction,
});

/** A receipt's number as a business transaction; undefined where the code is no receipt. */
export function receiptOf(turn: Turn, text: string): string | undefined {
  const { site, limits } = turn.rules;
  const prefix = limits.receiptPrefixes.find((each) => text.startsWith(each));
  if (prefix === undefined) return undefined;
  const number = text.slice(prefix.length).trim();
  return number === "" ? undefined : `urn:epcglobal:cbv:bt:${site.gln}:${encodeURIComponent(number)}`;
}
