import type { ReadPointRole } from "../config/read-point-roles.ts";
import type { EpcisAction, EpcisBizStep, EpcisDisposition } from "../epcis/event.ts";

/** What can happen to a returned item. */
export const stepNames = [
  "handed-in",
  "inspected",
  "graded",
  "stored",
  "repair-begun",
  "repaired",
  "packed",
  "shipped",
  "arrived",
  "unpacked",
  "restocked",
  "sold",
  "sent-to-supplier",
  "recycled",
  "destroyed",
  "lost",
  "found",
  "handed-over",
] as const;
export type StepName = (typeof stepNames)[number];

/** How one step is told in the words of CBV 2.0, and what it means to the case. */
export interface StepRule {
  readonly words: string;
  readonly wordsChinese: string;
  readonly bizStep: EpcisBizStep;
  readonly disposition?: EpcisDisposition;
  readonly persistent?: {
    readonly set?: readonly EpcisDisposition[];
    readonly unset?: readonly EpcisDisposition[];
  };
  readonly action?: EpcisAction;
  /** Steps that it may follow; `none`: an item that no case is open for. Others are alerts, and taken all the same. */
  readonly after: readonly (StepName | "none")[];
  /** Nothing is expected of the item here any more. */
  readonly ends?: true;
  /** The item may leave through a door. */
  readonly leaves?: true;
  /** It says nothing of where the item has come to in its life: what may follow is what could before. */
  readonly passing?: true;
}

/** An item that is in the house and not packed. */
const here = [
  "handed-in",
  "inspected",
  "graded",
  "stored",
  "repaired",
  "unpacked",
  "arrived",
  "found",
] as const;

export const stepRules: Readonly<Record<StepName, StepRule>> = {
  "handed-in": {
    words: "handed in",
    wordsChinese: "退货登记",
    bizStep: "receiving",
    disposition: "returned",
    after: ["none"],
  },
  inspected: {
    words: "inspected",
    wordsChinese: "检验",
    bizStep: "inspecting",
    after: here,
  },
  graded: {
    words: "graded",
    wordsChinese: "定级",
    bizStep: "inspecting",
    after: here,
  },
  stored: {
    words: "put away",
    wordsChinese: "入库",
    bizStep: "storing",
    disposition: "non_sellable_other",
    after: here,
  },
  "repair-begun": {
    words: "repair begun",
    wordsChinese: "开始维修",
    bizStep: "repairing",
    disposition: "unavailable",
    after: ["inspected", "graded", "stored", "unpacked", "arrived", "found"],
  },
  repaired: {
    words: "repaired",
    wordsChinese: "维修完成",
    bizStep: "repairing",
    disposition: "available",
    persistent: { unset: ["non_conformant"], set: ["conformant"] },
    after: ["repair-begun"],
  },
  packed: {
    words: "packed",
    wordsChinese: "装箱",
    bizStep: "packing",
    disposition: "in_progress",
    after: ["inspected", "graded", "stored", "repaired", "unpacked", "arrived", "found"],
  },
  shipped: {
    words: "shipped",
    wordsChinese: "发货",
    bizStep: "shipping",
    disposition: "in_transit",
    after: ["packed", "inspected", "graded", "stored", "repaired"],
    ends: true,
    leaves: true,
  },
  arrived: {
    words: "arrived",
    wordsChinese: "到达",
    bizStep: "arriving",
    disposition: "in_progress",
    after: ["none", "shipped", "packed"],
  },
  unpacked: {
    words: "unpacked",
    wordsChinese: "拆箱",
    bizStep: "unpacking",
    disposition: "in_progress",
    after: ["none", "arrived", "packed", "shipped"],
  },
  restocked: {
    words: "back on sale",
    wordsChinese: "重新上架",
    bizStep: "stocking",
    disposition: "sellable_accessible",
    after: ["inspected", "graded", "stored", "repaired", "unpacked"],
  },
  sold: {
    words: "sold again",
    wordsChinese: "再次售出",
    bizStep: "retail_selling",
    disposition: "retail_sold",
    after: ["restocked"],
    ends: true,
    leaves: true,
  },
  "sent-to-supplier": {
    words: "sent to the supplier",
    wordsChinese: "退回供应商",
    bizStep: "shipping",
    disposition: "returned",
    after: ["inspected", "graded", "stored", "unpacked", "repaired"],
    ends: true,
    leaves: true,
  },
  recycled: {
    words: "given to recycling",
    wordsChinese: "回收",
    bizStep: "collecting",
    disposition: "disposed",
    after: ["inspected", "graded", "stored", "unpacked", "repair-begun"],
    ends: true,
    leaves: true,
  },
  destroyed: {
    words: "destroyed",
    wordsChinese: "销毁",
    bizStep: "destroying",
    disposition: "destroyed",
    action: "DELETE",
    after: ["inspected", "graded", "stored", "unpacked", "repair-begun"],
    ends: true,
    leaves: true,
  },
  lost: {
    words: "lost",
    wordsChinese: "丢失",
    bizStep: "stock_taking",
    disposition: "unknown",
    after: [...here, "repair-begun", "packed", "restocked"],
  },
  found: {
    words: "found again",
    wordsChinese: "找回",
    bizStep: "stock_taking",
    disposition: "in_progress",
    after: ["lost"],
  },
  "handed-over": {
    words: "handed over",
    wordsChinese: "交接",
    bizStep: "accepting",
    after: [...here, "repair-begun", "packed", "restocked"],
    passing: true,
  },
};

/** What an item's appearance at a read point means; roles that are absent take no part in returns. */
export const stepOfRole: Readonly<Partial<Record<ReadPointRole, StepName>>> = {
  "returns-desk": "handed-in",
  inspection: "inspected",
  repair: "repair-begun",
  "returns-cage": "stored",
  packing: "packed",
  unpacking: "unpacked",
  "sales-floor": "restocked",
  checkout: "sold",
  supplier: "sent-to-supplier",
  recycling: "recycled",
  disposal: "destroyed",
};

/** Where an item that no case is open for opens one; elsewhere ordinary goods pass as well. */
export const openingRoles: ReadonlySet<ReadPointRole> = new Set([
  "returns-desk",
  "inspection",
  "repair",
  "returns-cage",
  "unpacking",
]);
