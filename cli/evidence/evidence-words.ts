import type { Words } from "../paper/language.ts";

/** What stands on the paper around the facts. */
export const evidenceWords = {
  title: { chinese: "退货商品证据", english: "Evidence for one returned item" },
  item: { chinese: "商品", english: "Item" },
  site: { chinese: "门店", english: "Site" },
  gateway: { chinese: "网关", english: "gateway" },
  made: { chinese: "生成时间", english: "Made" },
  clock: { chinese: "时钟", english: "clock" },
  events: { chinese: "事件数", english: "Events" },
  estimated: {
    chinese: "带 ~ 的时间为估计值，其数量",
    english: "times marked ~ are estimated, so many of them",
  },
  happened: { chinese: "经过", english: "What happened" },
  proof: { chinese: "证明", english: "What proves it" },
  reading: { chinese: "读数", english: "reading" },
  none: { chinese: "无", english: "none" },
  boot: { chinese: "启动", english: "boot" },
  headquarters: { chinese: "总部存档", english: "at HQ" },
  signature: { chinese: "签名", english: "Signature" },
  key: { chinese: "Ed25519 签名，公钥指纹", english: "Ed25519 by the key with the fingerprint" },
  over: { chinese: "所签陈述的 SHA-256", english: "over the statement with the SHA-256" },
  verify: {
    chinese:
      "已签名的陈述作为附件 evidence.json 附在本 PDF 中。可用 `storewire returns evidence --verify` 验证，" +
      "也可不依赖我们：取出其成员 `statement` 的文本，用 openssl 验证（见 cli/evidence 的 README）。",
    english:
      "The signed statement is attached to this PDF as evidence.json. Verify it with `storewire returns evidence --verify`, " +
      "or without us: take its member `statement` as text, and ask openssl (see the README of cli/evidence).",
  },
} as const satisfies Record<string, Words>;
