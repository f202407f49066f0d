import type { PrintElement } from "../../protocols/commands.ts";
import type { DeviceConfig } from "../../protocols/config/devices.ts";
import { openDesk } from "../devices/desk.ts";
import { faultWords } from "../devices/observation-words.ts";
import { progressBar } from "../devices/progress-bar.ts";
import { type Evidence, prove, type Step, type Verdict } from "../devices/proof.ts";
import { tryDevice } from "../devices/trial.ts";
import { exitCodes } from "../exit-codes.ts";
import type { Language } from "../language.ts";
import { systemClock } from "../system.ts";
import { configurationOrComplain } from "./check.ts";

export interface TestOptions {
  readonly config: string;
  readonly json: boolean;
  readonly seconds: number;
  readonly print: boolean;
  readonly language: Language;
}

/** English, Chinese. */
const stepWords: Readonly<Record<Step, readonly [string, string]>> = {
  configured: ["the configuration knows it", "配置中有该设备"],
  present: ["it is there", "设备已连接"],
  permitted: ["it may be opened", "有访问权限"],
  free: ["nobody else holds it", "未被占用"],
  opens: ["it opens", "可以打开"],
  answers: ["it answers as what it shall be", "应答正确"],
  untroubled: ["it reports no trouble", "无故障报告"],
  observes: ["it observes something", "有读数"],
  steady: ["the weight comes to rest", "重量稳定"],
  prints: ["it prints a ticket", "可打印小票"],
  clean: ["its line is clean", "线路无干扰"],
};

const marks: Readonly<Record<Verdict["verdict"], string>> = {
  passed: "ok  ",
  failed: "FAIL",
  "not-tried": "-   ",
};

const prompt: Readonly<Record<Language, (seconds: number) => string>> = {
  en: (seconds) => `it works; let it read something now (tag, code, weight, press): ${seconds} s`,
  zh: (seconds) => `设备正常；请在 ${seconds} 秒内让其读取（标签、条码、重物、按键）`,
};

/** `storewire devices test ID`: a verdict for each step, and a cure for what failed; the result is the exit code. */
export async function testDevice(id: string, options: TestOptions): Promise<number> {
  const configuration = configurationOrComplain(options.config);
  if (configuration === undefined) return exitCodes.configuration;
  const device = configuration.devices.find((each) => each.id === id);
  let evidence: Evidence = {};
  if (device !== undefined) {
    const desk = await openDesk(configuration, device);
    evidence = await tryAloud(device, desk, options);
    await desk.close();
  }
  const verdicts = prove(evidence);
  const ok = verdicts.every(({ verdict }) => verdict !== "failed");
  if (options.json) console.log(JSON.stringify({ device: id, ok, steps: verdicts.map(inWords(options)) }));
  else for (const verdict of verdicts) console.log(lineOf(verdict, options.language));
  return ok ? exitCodes.done : exitCodes.failed;
}

async function tryAloud(
  device: DeviceConfig,
  desk: Parameters<typeof tryDevice>[1],
  { seconds, print, language }: TestOptions,
): Promise<Evidence> {
  const clock = systemClock();
  let bar = (): void => undefined;
  const evidence = await tryDevice(device, desk, {
    clock,
    seconds,
    ...(print ? { ticket: testTicket(device.id) } : {}),
    onWorks() {
      console.error(prompt[language](seconds));
      bar = progressBar(clock, seconds * 1_000);
    },
  });
  bar();
  return evidence;
}

const inWords =
  ({ language }: TestOptions) =>
  (verdict: Verdict): object => {
    const said = { ...verdict, title: stepWords[verdict.step][language === "en" ? 0 : 1] };
    return verdict.verdict === "failed" ? { ...said, ...faultWords(verdict.fault, language) } : said;
  };

function lineOf(verdict: Verdict, language: Language): string {
  const title = stepWords[verdict.step][language === "en" ? 0 : 1];
  const detail = "detail" in verdict && verdict.detail !== undefined ? ` (${verdict.detail})` : "";
  const line = `${marks[verdict.verdict]}  ${title}`;
  if (verdict.verdict !== "failed") return `${line}${detail}`;
  const { words, cure } = faultWords(verdict.fault, language);
  return `${line}: ${words}${detail}\n      -> ${cure}`;
}

/** Both scripts, both codes, and a cut: what a real ticket needs of a printer. */
const testTicket = (device: string): readonly PrintElement[] => [
  { kind: "text", content: "Storewire", size: 2, align: "center", bold: true },
  { kind: "text", content: `${device}: 打印测试 / test ticket`, size: 1, align: "center", bold: false },
  { kind: "qr", content: "https://id.gs1.org/01/09521321000018", size: 6 },
  { kind: "code128", content: "STOREWIRE" },
  { kind: "feed", lines: 2 },
  { kind: "cut" },
];
