import { describe, expect, it } from "vitest";
import { faultWords, observationWords } from "../../../cli/devices/observation-words.ts";
import { progressBar } from "../../../cli/devices/progress-bar.ts";
import { languageOf } from "../../../cli/language.ts";
import type { Observation } from "../../../protocols/readings.ts";
import { ManualClock } from "../../../simulators/manual-clock.ts";

describe("the language of a command", () => {
  it("is the one that was asked for, else the locale's, else English", () => {
    expect(languageOf("en", { LANG: "zh_CN.UTF-8" })).toBe("en");
    expect(languageOf(undefined, { LANG: "zh_CN.UTF-8" })).toBe("zh");
    expect(languageOf(undefined, { LC_ALL: "C", LANG: "zh_CN.UTF-8" })).toBe("en");
    expect(languageOf(undefined, {})).toBe("en");
  });
});

describe("words about observations", () => {
  const health: Observation = {
    kind: "health",
    state: "faulted",
    fault: "silent",
    noiseBytes: 7,
    droppedReadings: 0,
  };

  it.each([
    [
      { kind: "tag", change: "arrived", epcHex: "3034", antenna: 2, rssiDbm: -58 },
      "tag 3034 arrived at antenna 2, -58 dBm",
      "标签 3034 到达 天线 2, -58 dBm",
    ],
    [
      { kind: "weight", value: "1.250", unit: "kg", stable: false, mode: "net" },
      "weight 1.250 kg net, moving",
      "重量 1.250 kg 净重，不稳定",
    ],
    [
      { kind: "printer", online: false, paper: "end", cover: "open", error: false },
      "printer offline, no paper, cover open",
      "打印机 离线，缺纸，机盖打开",
    ],
    [
      { kind: "answer", command: "c", outcome: "failed", fault: "paper-end" },
      "command failed: the printer has no paper",
      "命令失败：打印机缺纸",
    ],
    [
      health,
      "device faulty: the device stopped answering, 7 bytes of noise",
      "设备故障：设备停止响应，干扰 7 字节",
    ],
    [{ kind: "passage", direction: "in" }, "somebody came in", "有人进入"],
    [{ kind: "presence", present: false }, "nobody is there", "无人"],
  ] as const)("say %o in both languages", (observation, english, chinese) => {
    expect(observationWords(observation, "en")).toBe(english);
    expect(observationWords(observation, "zh")).toBe(chinese);
  });

  it("let no control character of a code reach the terminal", () => {
    const scan = { kind: "scan", text: "\u001b[2J", bytesHex: "1b5b324a" } as const;
    expect(observationWords(scan, "en")).toBe('code "\\u001b[2J"');
  });

  it("leave a fault's code as it is where this version does not know it", () => {
    expect(faultWords("toString", "zh")).toEqual({ words: "toString", cure: "" });
  });
});

describe("a progress bar", () => {
  it("is drawn on a terminal for what takes longer than two seconds, and wiped away", async () => {
    const clock = new ManualClock();
    const drawn: string[] = [];
    const terminal = { isTTY: true, write: (text: string) => drawn.push(text) };
    const stop = progressBar(clock, 10_000, terminal);
    await clock.turn(5_000);
    expect(drawn.at(-1)).toBe(`\r[${"#".repeat(15)}${" ".repeat(15)}] 50 %`);
    stop();
    expect(drawn.at(-1)).toMatch(/^\r +\r$/);
    const before = drawn.length;
    await clock.turn(5_000);
    progressBar(clock, 2_000, terminal);
    progressBar(clock, 10_000, { write: (text) => drawn.push(text) });
    await clock.turn(5_000);
    expect(drawn).toHaveLength(before);
  });
});
