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
  "refurbished",
  "relabelled",
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
  /** Afterwards it is at no place of the house: its event names no bizLocation. */
  readonly gone?: true;
  /** Its event names the return as a business transaction. */
  readonly rma?: true;
  /** It says nothing of where the item has come to in its life: what may follow is what could before. */
  readonly passing?: true;
}

/** Steps with which an identity ends, and the item goes on under another. */
export type RenamingStep = "refurbished" | "relabelled";

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
  "refurbished",
] as const;
/** It has been looked at, and what becomes of it may be decided. */
const decided = ["inspected", "graded", "stored", "refurbished"] as const;

export const stepRules: Readonly<Record<StepName, StepRule>> = {
  "handed-in": {
    words: "handed in",
    wordsChinese: "退货登记",
    bizStep: "receiving",
    disposition: "returned",
    after: ["none"],
    rma: true,
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
    after: [...decided, "unpacked", "arrived", "found"],
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
    after: [...decided, "repaired", "unpacked", "arrived", "found"],
  },
  shipped: {
    words: "shipped",
    wordsChinese: "发货",
    bizStep: "shipping",
    disposition: "in_transit",
    after: ["packed", ...decided, "repaired"],
    ends: true,
    leaves: true,
    gone: true,
  },
  arrived: {
    words: "arrived",
    wordsChinese: "到达",
    bizStep: "receiving",
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
    after: [...decided, "repaired", "unpacked"],
  },
  sold: {
    words: "sold again",
    wordsChinese: "再次售出",
    bizStep: "retail_selling",
    disposition: "retail_sold",
    after: ["restocked"],
    ends: true,
    leaves: true,
    gone: true,
  },
  "sent-to-supplier": {
    words: "sent to the supplier",
    wordsChinese: "退回供应商",
    bizStep: "shipping",
    disposition: "returned",
    after: [...decided, "unpacked", "repaired"],
    rma: true,
    ends: true,
    leaves: true,
    gone: true,
  },
  recycled: {
    words: "given to recycling",
    wordsChinese: "回收",
    bizStep: "collecting",
    disposition: "disposed",
    after: [...decided, "unpacked", "repair-begun"],
    ends: true,
    leaves: true,
  },
  destroyed: {
    words: "destroyed",
    wordsChinese: "销毁",
    bizStep: "destroying",
    disposition: "destroyed",
    action: "DELETE",
    after: [...decided, "unpacked", "repair-begun"],
    ends: true,
    leaves: true,
    gone: true,
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
  refurbished: {
    words: "refurbished, new identity",
    wordsChinese: "翻新并更换身份",
    bizStep: "commissioning",
    disposition: "active",
    after: ["inspected", "graded", "repair-begun", "repaired", "unpacked"],
  },
  relabelled: {
    words: "label replaced, new identity",
    wordsChinese: "更换标签和身份",
    bizStep: "commissioning",
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

/** Told of goods that bear no serial number and no label of ours as well: of the class, and each scan is one piece. */
export const classSteps: ReadonlySet<StepName> = new Set(["inspected", "stored", "recycled", "destroyed"]);

/** Where an item that no case is open for opens one; elsewhere ordinary goods pass as well. */
export const openingRoles: ReadonlySet<ReadPointRole> = new Set([
  "returns-desk",
  "inspection",
  "repair",
  "returns-cage",
  "unpacking",
]);
