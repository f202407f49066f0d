import iconv from "iconv-lite";

/** Bytes of GB18030, of which GBK is a part; from iconv-lite, because a Node with a small ICU lacks the table. */
export const decodeGbk = (bytes: Uint8Array): string => iconv.decode(bytes, "gb18030");
