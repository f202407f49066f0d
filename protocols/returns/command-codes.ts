/** What every command barcode of the store begins with; no GS1 code does, so it is never taken for an item. */
export const commandPrefix = "STOREWIRE:";
const badgePrefix = `${commandPrefix}BADGE:`;

/** A clerk's name as it stands on the badge: what Code 128 and the alphanumeric mode of QR hold, in one line. */
const clerkForm = /^[A-Z0-9][A-Z0-9-]{0,19}$/;

/** How the printed sheet puts commands together. */
export type CommandGroup = "grade" | "way" | "customer" | "desk";

interface CommandCode {
  /** What is printed behind the prefix; Code 128 and QR both hold it. */
  readonly code: string;
  readonly group: CommandGroup;
  readonly words: string;
  readonly wordsChinese: string;
}

/**
 * The command barcodes of the printed sheet. A command acts on the item that was seen last at the same post;
 * an item first, then its command. A code once printed keeps its meaning.
 */
export const commandCodes = {
  "grade-a": { code: "GRADE-A", group: "grade", words: "Grade A: as new", wordsChinese: "A级:全新" },
  "grade-b": {
    code: "GRADE-B",
    group: "grade",
    words: "Grade B: slightly used",
    wordsChinese: "B级:轻微使用",
  },
  "grade-c": { code: "GRADE-C", group: "grade", words: "Grade C: worn", wordsChinese: "C级:明显使用" },
  damaged: { code: "DAMAGED", group: "grade", words: "Damaged", wordsChinese: "损坏" },
  expired: { code: "EXPIRED", group: "grade", words: "Past its date", wordsChinese: "过期" },
  recalled: { code: "RECALLED", group: "grade", words: "Recalled by the maker", wordsChinese: "厂家召回" },
  repair: { code: "REPAIR", group: "way", words: "Repair begins", wordsChinese: "开始维修" },
  repaired: { code: "REPAIRED", group: "way", words: "Repair is done", wordsChinese: "维修完成" },
  refurbished: {
    code: "REFURBISHED",
    group: "way",
    words: "Refurbished, new identity",
    wordsChinese: "翻新完成,换新身份",
  },
  store: { code: "STORE", group: "way", words: "Put away", wordsChinese: "入库存放" },
  restock: { code: "RESTOCK", group: "way", words: "Back on sale", wordsChinese: "重新上架" },
  sold: { code: "SOLD", group: "way", words: "Sold again", wordsChinese: "再次售出" },
  supplier: { code: "SUPPLIER", group: "way", words: "Back to the supplier", wordsChinese: "退回供应商" },
  recycle: { code: "RECYCLE", group: "way", words: "Recycle", wordsChinese: "回收" },
  destroy: { code: "DESTROY", group: "way", words: "Destroyed", wordsChinese: "销毁" },
  lost: { code: "LOST", group: "way", words: "Lost", wordsChinese: "丢失" },
  informed: { code: "INFORMED", group: "customer", words: "Customer informed", wordsChinese: "已通知顾客" },
  answered: { code: "ANSWERED", group: "customer", words: "First answer given", wordsChinese: "已首次答复" },
  planned: { code: "PLANNED", group: "customer", words: "Plan told", wordsChinese: "已告知方案" },
  progressed: { code: "PROGRESS", group: "customer", words: "Progress told", wordsChinese: "已告知进展" },
  solved: { code: "SOLVED", group: "customer", words: "Solved", wordsChinese: "已解决" },
  "called-back": { code: "CALLED-BACK", group: "customer", words: "Called back", wordsChinese: "已回访" },
  "hand-over": {
    code: "HAND-OVER",
    group: "desk",
    words: "Hand over: then both badges, giver first",
    wordsChinese: "交接:随后扫描双方工牌,交出方在先",
  },
  done: { code: "DONE", group: "desk", words: "Tote or parcel is done", wordsChinese: "周转箱或包裹完成" },
  relabel: {
    code: "RELABEL",
    group: "desk",
    words: "Label is damaged: print a new one",
    wordsChinese: "标签损坏:打印新标签",
  },
  undo: { code: "UNDO", group: "desk", words: "Undo the last step", wordsChinese: "撤销上一步" },
} as const satisfies Record<string, CommandCode>;
export type CommandName = keyof typeof commandCodes;

export type CommandScan =
  | { readonly kind: "command"; readonly command: CommandName }
  /** Who stands at this post from now on. */
  | { readonly kind: "badge"; readonly clerk: string }
  /** It begins as ours do, and says nothing that this version knows. */
  | { readonly kind: "unknown" };

const byCode = new Map<string, CommandName>(
  (Object.keys(commandCodes) as CommandName[]).map((name) => [commandCodes[name].code, name]),
);

/** The text to print for a command. */
export const commandText = (command: CommandName): string => commandPrefix + commandCodes[command].code;

/** The text to print on a clerk's badge; undefined where the name cannot stand on one. */
export const badgeText = (clerk: string): string | undefined =>
  clerkForm.test(clerk) ? badgePrefix + clerk : undefined;

/** What a scanned text says; undefined when it is none of ours. */
export function readCommandCode(text: string): CommandScan | undefined {
  const code = text.trim();
  if (!code.startsWith(commandPrefix)) return undefined;
  if (code.startsWith(badgePrefix)) {
    const clerk = code.slice(badgePrefix.length);
    return clerkForm.test(clerk) ? { kind: "badge", clerk } : { kind: "unknown" };
  }
  const command = byCode.get(code.slice(commandPrefix.length));
  return command === undefined ? { kind: "unknown" } : { kind: "command", command };
}
