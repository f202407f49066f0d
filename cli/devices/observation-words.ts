import { type FaultCode, faults } from "../../protocols/faults.ts";
import type { DeviceState, Observation, ObservationKind } from "../../protocols/readings.ts";
import type { Language } from "../language.ts";

type Of<Kind extends ObservationKind> = Extract<Observation, { kind: Kind }>;
/** English, Chinese. */
type Both = readonly [string, string];

const states: Readonly<Record<DeviceState, Both>> = {
  absent: ["not there", "未找到"],
  opening: ["opening", "正在打开"],
  ready: ["ready", "就绪"],
  degraded: ["working, with trouble", "工作异常"],
  faulted: ["faulty", "故障"],
};

const changes: Readonly<Record<Of<"tag">["change"] | Of<"button">["change"], Both>> = {
  seen: ["seen", "读到"],
  arrived: ["arrived", "到达"],
  present: ["is still there", "仍在"],
  departed: ["departed", "离开"],
  down: ["down", "按下"],
  up: ["up", "松开"],
  pressed: ["pressed", "已按"],
};

const papers: Readonly<Record<Of<"printer">["paper"], Both>> = {
  ok: ["paper ok", "纸张正常"],
  "near-end": ["paper near its end", "纸将用尽"],
  end: ["no paper", "缺纸"],
};

const both = (english: string, chinese: string): Both => [english, chinese];

/** What a technician reads of each kind of observation. */
const wordings: { readonly [Kind in ObservationKind]: (observation: Of<Kind>) => Both } = {
  tag({ change, epcHex, antenna, rssiDbm }) {
    const at = antenna === undefined ? both("", "") : both(` at antenna ${antenna}`, ` 天线 ${antenna}`);
    const [english, chinese] = changes[change];
    const signal = rssiDbm === undefined ? "" : `, ${rssiDbm} dBm`;
    return both(`tag ${epcHex} ${english}${at[0]}${signal}`, `标签 ${epcHex} ${chinese}${at[1]}${signal}`);
  },
  scan({ text, aim }) {
    // A code may hold control characters, which are none of the terminal's business.
    const shown = JSON.stringify(text);
    return both(`code ${shown}${aim ? ` (${aim})` : ""}`, `条码 ${shown}${aim ? `（${aim}）` : ""}`);
  },
  weight({ value, unit, stable, mode }) {
    const kind = mode === "net" ? both(" net", " 净重") : both("", "");
    const rest = stable ? both("stable", "稳定") : both("moving", "不稳定");
    return both(
      `weight ${value} ${unit}${kind[0]}, ${rest[0]}`,
      `重量 ${value} ${unit}${kind[1]}，${rest[1]}`,
    );
  },
  button({ button, change }) {
    const [english, chinese] = changes[change];
    return both(`button ${button} ${english}`, `按钮 ${button} ${chinese}`);
  },
  passage: ({ direction }) =>
    direction === "in" ? both("somebody came in", "有人进入") : both("somebody went out", "有人离开"),
  presence: ({ present }) => (present ? both("somebody is there", "有人") : both("nobody is there", "无人")),
  printer({ online, paper, cover, error }) {
    const [english, chinese] = papers[paper];
    const words = [
      online ? both("online", "在线") : both("offline", "离线"),
      both(english, chinese),
      cover === "open" ? both("cover open", "机盖打开") : undefined,
      error ? both("error", "故障") : undefined,
    ].filter((each) => each !== undefined);
    return both(
      `printer ${words.map(([first]) => first).join(", ")}`,
      `打印机 ${words.map(([, second]) => second).join("，")}`,
    );
  },
  answer({ outcome, fault }) {
    const why = fault === undefined ? both("", "") : both(`: ${wordsOf(fault)[0]}`, `：${wordsOf(fault)[1]}`);
    const ends = {
      done: both("done", "完成"),
      failed: both("failed", "失败"),
      "in-doubt": both("in doubt", "不确定"),
    };
    return both(`command ${ends[outcome][0]}${why[0]}`, `命令${ends[outcome][1]}${why[1]}`);
  },
  action: ({ action }) => both(`queue: ${action.kind}`, `排队：${action.kind}`),
  health({ state, fault, noiseBytes }) {
    const [english, chinese] = states[state];
    const why = fault === undefined ? both("", "") : wordsOf(fault);
    const noise =
      noiseBytes === 0 ? both("", "") : both(`, ${noiseBytes} bytes of noise`, `，干扰 ${noiseBytes} 字节`);
    return both(
      `device ${english}${why[0] && `: ${why[0]}`}${noise[0]}`,
      `设备${chinese}${why[1] && `：${why[1]}`}${noise[1]}`,
    );
  },
};

/** One line of words about an observation. */
export function observationWords(observation: Observation, language: Language): string {
  const word = wordings[observation.kind] as (observation: Observation) => Both;
  return word(observation)[language === "en" ? 0 : 1];
}

/** What a fault is, and what helps; a code that this version does not know stands for itself. */
export function faultWords(
  code: string,
  language: Language,
): { readonly words: string; readonly cure: string } {
  const entry = Object.hasOwn(faults, code) ? faults[code as FaultCode] : undefined;
  if (entry === undefined) return { words: code, cure: "" };
  return language === "en"
    ? { words: entry.words, cure: entry.cure }
    : { words: entry.wordsChinese, cure: entry.cureChinese };
}

const wordsOf = (code: string): Both => [faultWords(code, "en").words, faultWords(code, "zh").words];
