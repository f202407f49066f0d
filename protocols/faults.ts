/** What a technician is told about a fault, and whether trying again by itself can help. */
interface FaultEntry {
  readonly words: string;
  readonly wordsChinese: string;
  readonly cure: string;
  readonly retry: boolean;
}

/** All faults. A code once shipped is never given another meaning. */
export const faults = {
  "device-absent": {
    words: "the device is not there",
    wordsChinese: "未找到设备",
    cure: "Plug it in and switch it on; check the path or USB identity in the configuration.",
    retry: true,
  },
  "port-in-use": {
    words: "another program holds the port",
    wordsChinese: "端口被其他程序占用",
    cure: "Stop the other program, or give each device its own port.",
    retry: true,
  },
  "permission-denied": {
    words: "the service may not open the device",
    wordsChinese: "没有访问设备的权限",
    cure: "Install the udev rules of deploy/ and add the service's user to group dialout.",
    retry: true,
  },
  "handshake-timeout": {
    words: "the device did not answer the greeting",
    wordsChinese: "设备未应答",
    cure: "Check the cable, the baud rate and that the right device stands behind this port.",
    retry: true,
  },
  "wrong-device": {
    words: "another kind of device answered",
    wordsChinese: "设备类型不符",
    cure: "Two cables may be swapped; compare the ports with the configuration.",
    retry: true,
  },
  silent: {
    words: "the device stopped answering",
    wordsChinese: "设备停止响应",
    cure: "Check power and cable; the service tries again by itself.",
    retry: true,
  },
  "connection-lost": {
    words: "the connection to the device broke",
    wordsChinese: "设备连接中断",
    cure: "Plug the cable in again; the service tries again by itself.",
    retry: true,
  },
  noisy: {
    words: "the line carries more noise than frames",
    wordsChinese: "线路干扰过多",
    cure: "Check baud rate, parity, shielding and the connector.",
    retry: true,
  },
  "antenna-missing": {
    words: "an antenna is not connected",
    wordsChinese: "天线未连接",
    cure: "Connect the antenna, or take it out of the configuration.",
    retry: true,
  },
  "reader-error": {
    words: "the reader reports an error",
    wordsChinese: "读写器报告错误",
    cure: "Power the reader off and on; if it comes back, replace it.",
    retry: true,
  },
  "scale-overload": {
    words: "too much lies on the scale",
    wordsChinese: "秤超载",
    cure: "Take the load off.",
    retry: true,
  },
  "scale-underload": {
    words: "the scale is below its zero",
    wordsChinese: "秤低于零点",
    cure: "Put the pan back and zero the scale.",
    retry: true,
  },
  "paper-end": {
    words: "the printer has no paper",
    wordsChinese: "打印机缺纸",
    cure: "Put in a new roll.",
    retry: true,
  },
  "cover-open": {
    words: "the printer's cover is open",
    wordsChinese: "打印机机盖打开",
    cure: "Close the cover.",
    retry: true,
  },
  "printer-error": {
    words: "the printer reports an error",
    wordsChinese: "打印机故障",
    cure: "Clear the cutter and switch the printer off and on.",
    retry: true,
  },
  "gpio-unavailable": {
    words: "GPIO cannot be used on this box",
    wordsChinese: "本机无法使用 GPIO",
    cure: "Install the optional package onoff (it needs a compiler), and check that /sys/class/gpio exists.",
    retry: true,
  },
  "hid-unavailable": {
    words: "no HID device can be read: their process ended, or node-hid could not be loaded",
    wordsChinese: "无法读取 HID 设备：HID 进程已退出或无法加载",
    cure: "Install Debian's libusb-1.0-0 where it is missing; a process that ended is started again by itself.",
    retry: true,
  },
  "driver-broken": {
    words: "the driver met a state that it must never meet",
    wordsChinese: "驱动内部错误",
    cure: "The device is restarted by itself; save the log and report it.",
    retry: true,
  },
  "device-stuck": {
    words: "the device's part of the service stood still, again and again, and has been set aside",
    wordsChinese: "设备处理停滞，已暂停该设备",
    cure: "Unplug the device, wait and plug it in again; where that does not help, restart it, then the box.",
    retry: true,
  },
  "readings-dropped": {
    words: "readings had to be dropped because nothing took them",
    wordsChinese: "读数缓冲已满，部分读数被丢弃",
    cure: "Check the gateway's disk and log; telemetry goes first, returns and presses never.",
    retry: true,
  },
  "command-unsupported": {
    words: "the device cannot do what was asked",
    wordsChinese: "设备不支持该命令",
    cure: "Send the command to a device of the right kind.",
    retry: false,
  },
  "command-interrupted": {
    words: "the service stopped while the device was at it",
    wordsChinese: "命令执行中断",
    cure: "Look at the device: the ticket may or may not have been printed.",
    retry: false,
  },
  "journal-damaged": {
    words: "the record of what was done is damaged; this command may have been done before",
    wordsChinese: "命令记录已损坏，此命令可能已执行过",
    cure: "Look at the device: the ticket may or may not have been printed. Check the SD card.",
    retry: false,
  },
  "device-not-ready": {
    words: "the device was not ready for a command",
    wordsChinese: "设备未就绪",
    cure: "See the device's own fault.",
    retry: true,
  },
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
  "code-unreadable": {
    words: "a scanned code or a tag is none that names a return item",
    wordsChinese: "条码或标签无法识别",
    cure: "Scan the code of the item itself; a label of another kind cannot be taken in.",
    retry: false,
  },
  "queue-full": {
    words: "more tickets wait than may",
    wordsChinese: "等候人数已达上限",
    cure: "Open more counters, or raise queue.waitingMax.",
    retry: true,
  },
} as const satisfies Record<string, FaultEntry>;
export type FaultCode = keyof typeof faults;

/** A fault as a value: which one, and what exactly happened this time. */
export interface Fault {
  readonly code: FaultCode;
  readonly detail: string;
}
