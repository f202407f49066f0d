import type { FaultEntry } from "./fault-entry.ts";

export const weighingFaults = {
  "parcel-weight-differs": {
    words: "a parcel does not weigh what was announced",
    wordsChinese: "包裹重量与申报不符",
    cure: "Open the parcel and count; something may be missing from it or too much in it.",
    cureChinese: "请开箱清点：可能少装或多装。",
    retry: false,
  },
  "weighing-product-unknown": {
    words: "a product was weighed that the product table does not have",
    wordsChinese: "称重商品不在商品表中",
    cure: "Add its GTIN to weighing.products; no label was printed.",
    cureChinese: "请将其 GTIN 加入 weighing.products；标签未打印。",
    retry: false,
  },
  "weighing-label-missing": {
    words: "a weighing label is not out, or nobody can say whether it is",
    wordsChinese: "称重标签未打印或状态不明",
    cure: "Look at the printer; if there is no label, scan the product again.",
    cureChinese: "请查看打印机；若没有标签，请重新扫描商品。",
    retry: false,
  },
  "parcel-announcements-full": {
    words: "headquarters has announced more parcels than the gateway keeps, and the oldest are forgotten",
    wordsChinese: "总部预报的包裹超出网关保存上限，最早的已丢弃",
    cure: "Announce parcels nearer to their arrival, or with a shorter time in which they are expected.",
    cureChinese: "请在临近到货时再预报，或缩短预报有效期。",
    retry: false,
  },
} as const satisfies Record<string, FaultEntry>;
