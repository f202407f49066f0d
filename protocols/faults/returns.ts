import type { FaultEntry } from "./fault-entry.ts";

export const returnsFaults = {
  "code-unreadable": {
    words: "a scanned code or a tag is none that names a return item",
    wordsChinese: "条码或标签无法识别",
    cure: "Scan the code of the item itself; a label of another kind cannot be taken in.",
    cureChinese: "请扫描商品本身的条码；其他类型的标签不能收货。",
    retry: false,
  },
} as const satisfies Record<string, FaultEntry>;
