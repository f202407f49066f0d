import type { FaultEntry } from "./fault-entry.ts";

export const gatewayFaults = {
  "outbox-full": {
    words: "the outbox has reached its limit",
    wordsChinese: "发件箱已满",
    cure: "Bring the link to headquarters back, or raise limits.outbox; nothing is acknowledged until then.",
    retry: true,
  },
  "outbox-broken": {
    words: "the outbox file was damaged and has been put aside",
    wordsChinese: "发件箱文件损坏，已隔离",
    cure: "Keep the file named in the log; check the SD card.",
    retry: false,
  },
  "outbox-mended": {
    words: "a flipped bit in the outbox's log was put right; nothing was lost",
    wordsChinese: "发件箱日志中的一个错误位已修复，没有丢失",
    cure: "Replace the SD card or SSD soon: it changes what it keeps.",
    retry: false,
  },
  "outbox-outrun": {
    words: "headquarters has more of this gateway than its outbox ever made; it began a new epoch",
    wordsChinese: "总部已收到的数据多于本机发件箱，已开始新纪元",
    cure: "If no old image was put back, replace the SD card: it forgets what it was told to keep.",
    retry: false,
  },
  "outbox-newer": {
    words: "the outbox file was written by a newer version",
    wordsChinese: "发件箱文件由更高版本写入",
    cure: "Install the newer version again, or move the file away.",
    retry: false,
  },
  "disk-failed": {
    words: "the disk did not take a write",
    wordsChinese: "磁盘写入失败",
    cure: "Free space, or replace the card.",
    retry: true,
  },
  "disk-low": {
    words: "the disk that holds the database has little room left",
    wordsChinese: "存储空间不足",
    cure: "Free space, or bring the link to headquarters back; telemetry goes first, then nothing is acknowledged.",
    retry: true,
  },
  "card-wearing": {
    words: "the card will be worn out before its time",
    wordsChinese: "存储卡寿命将提前耗尽",
    cure: "Send a new card with the next visit; raise limits.commit.waitMsMax, or name the card in limits.card.",
    retry: false,
  },
  "clock-unset": {
    words: "the clock has not been set since the box was switched on; times are estimated",
    wordsChinese: "本机时钟开机后未校准，时间为估计值",
    cure: "Let the box reach a time server (NTP, UDP port 123), or give it one in the store's network.",
    retry: true,
  },
  "clock-jumped": {
    words: "the clock jumped although it had been set",
    wordsChinese: "已校准的时钟发生跳变",
    cure: "Check the time server, and that nobody sets the clock by hand.",
    retry: true,
  },
  "message-refused": {
    words: "messages on the store broker could not be understood and were put aside",
    wordsChinese: "收到无法识别的消息，已存入死信列表",
    cure: "Look at the dead letters: each names its sender and the reason; bring the agent to this version.",
    retry: false,
  },
} as const satisfies Record<string, FaultEntry>;
