import type { PrintElement } from "../../protocols/commands.ts";
import { nextOwnAsset, type OwnAsset } from "../../protocols/gs1/own-asset.ts";
import type { Post } from "./rules.ts";
import type { Turn } from "./turn.ts";

/** The asset number that the site's next label or tag bears. */
export function nextAsset(turn: Turn, wallMs: number): OwnAsset {
  const asset = nextOwnAsset(turn.rules.site, turn.ledger.asset, wallMs);
  turn.count({ asset: asset.number });
  return asset;
}

/** Prints the label that an item is known by from now on, where the post has a printer. */
export function orderLabel(turn: Turn, post: Post, asset: OwnAsset, gtin: string | undefined): void {
  const device = turn.rules.printerOf.get(post.id);
  if (device === undefined) return;
  const elements = labelElements(asset, gtin, turn.rules.site.name ?? turn.rules.site.id);
  turn.order({ id: `label.${asset.number}`, device, task: { kind: "print", elements } });
}

/** QR with the Digital Link for phones, GS1-128 for the store's oldest scanner, and digits for people. */
function labelElements(asset: OwnAsset, gtin: string | undefined, site: string): PrintElement[] {
  const line = (content: string, bold = false): PrintElement => ({
    kind: "text",
    content,
    size: 1,
    align: "center",
    bold,
  });
  return [
    line(site),
    line("退货标签 Return label", true),
    { kind: "qr", content: asset.uri, size: 6 },
    { kind: "code128", content: asset.elementString, gs1: true },
    line(asset.bracketed),
    ...(gtin === undefined ? [] : [line(`GTIN ${gtin}`)]),
    { kind: "feed", lines: 3 },
    { kind: "cut" },
  ];
}
