import type { Answer } from "./answer.ts";
import type { Screen } from "./screens.ts";

interface Frame {
  readonly title: string;
  readonly style?: "board" | "counter" | "kiosk";
  readonly script: string;
  readonly bodyClass?: string;
  readonly body: string;
}

/** One page: what is said by a live region stands in it from the start, or a screen reader would not listen there. */
function page({ title, style, script, bodyClass, body }: Frame): Answer {
  const sheets = ["every-page", ...(style === undefined ? [] : [style])];
  const links = sheets.map((sheet) => `<link rel="stylesheet" href="/assets/${sheet}.css">`).join("\n");
  return {
    status: 200,
    type: "text/html; charset=utf-8",
    body: `<!doctype html>
<html lang="zh-Hans">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
${links}
<script type="module" src="/assets/${script}.js"></script>
</head>
<body${bodyClass === undefined ? "" : ` class="${bodyClass}"`}>
${body}
<footer id="connection" role="status" hidden></footer>
</body>
</html>
`,
  };
}

/** Both languages, as `bilingual` makes them in the browser. */
const both = (chinese: string, english: string): string =>
  `<span class="chinese" lang="zh-Hans">${chinese}</span><span class="english" lang="en"> ${english}</span>`;

export const startPage = (): Answer =>
  page({
    title: "Storewire",
    script: "start",
    body: `<main class="plain">
<h1>Storewire</h1>
<form id="login" hidden>
<label for="username">${both("名称", "Name")}</label>
<input id="username" autocomplete="username" autocapitalize="none" spellcheck="false" maxlength="64" required>
<label for="token">${both("令牌", "Token")}</label>
<input id="token" type="password" autocomplete="current-password" maxlength="256" required>
<button type="submit">${both("登录", "Log in")}</button>
<p id="outcome" role="alert" hidden></p>
</form>
<ul id="screens" hidden></ul>
</main>`,
  });

export const ticketPage = (): Answer =>
  page({
    title: "Storewire",
    script: "ticket",
    bodyClass: "status",
    body: `<main class="plain">
<h1 id="service"></h1>
<p id="number" class="number"></p>
<div role="status">
<p id="state" class="state"></p>
<p id="counter" class="counter" hidden></p>
<div id="line" class="card" hidden><p id="before" hidden></p><p id="expected" hidden></p></div>
</div>
</main>`,
  });

const kioskPage = (): Answer =>
  page({
    title: "取号 Tickets",
    style: "kiosk",
    script: "kiosk",
    body: `<header><h1 id="site"></h1></header>
<p id="notice" class="notice" role="status" hidden></p>
<main>
<section id="choose-service" aria-labelledby="choose-service-title">
<h2 id="choose-service-title" tabindex="-1">${both("请选择业务", "Please choose a service")}</h2>
<div id="services" class="choices"></div>
</section>
<section id="choose-class" aria-labelledby="choose-class-title" hidden>
<h2 id="choose-class-title" tabindex="-1">${both("请选择您的情况", "Please choose what applies to you")}</h2>
<div id="classes" class="choices"></div>
<button id="back" class="next" type="button">${both("返回", "Back")}</button>
</section>
<section id="wait" aria-labelledby="wait-title" hidden>
<h2 id="wait-title" tabindex="-1">${both("请稍候", "One moment please")}</h2>
</section>
<section id="ticket" aria-labelledby="ticket-title" hidden>
<h2 id="ticket-title" class="unseen" tabindex="-1">${both("您的号码", "Your number")}</h2>
<div role="status">
<p id="outcome"></p>
<p id="number" class="number"></p>
<p id="before" hidden></p>
<p id="expected" hidden></p>
</div>
<p id="paper" role="status" hidden></p>
<button id="done" class="next" type="button">${both("完成", "Done")}</button>
</section>
</main>`,
  });

interface CounterButton {
  readonly id: string;
  readonly key: string;
  readonly chinese: string;
  readonly english: string;
}

const counterButtons: readonly CounterButton[] = [
  { id: "call-next", key: "n", chinese: "叫下一位", english: "Call next" },
  { id: "recall", key: "r", chinese: "重叫", english: "Recall" },
  { id: "serve", key: "s", chinese: "开始办理", english: "Serve" },
  { id: "finish", key: "f", chinese: "办完", english: "Finish" },
  { id: "no-show", key: "x", chinese: "未到", english: "No show" },
  { id: "pause", key: "p", chinese: "暂停", english: "Pause" },
  { id: "resume", key: "o", chinese: "开放", english: "Open" },
];

const counterButton = ({ id, key, chinese, english }: CounterButton): string =>
  `<button id="${id}" type="button" aria-keyshortcuts="${key}" aria-disabled="true">${both(chinese, english)}<kbd aria-hidden="true">${key.toUpperCase()}</kbd></button>`;

const counterPage = (): Answer =>
  page({
    title: "柜台 Counter",
    style: "counter",
    script: "counter",
    body: `<header>
<h1 id="name"></h1>
<p id="open" role="status"></p>
<label><input id="shortcuts" type="checkbox" checked>${both("快捷键", "Shortcuts")}</label>
</header>
<main>
<section id="current" aria-labelledby="current-title">
<h2 id="current-title">${both("当前号码", "Now at this counter")}</h2>
<div role="status">
<p id="number" class="number"></p>
<p id="service"></p>
<p id="class"></p>
<p id="state"></p>
</div>
<div class="controls" role="group" aria-labelledby="current-title">
${counterButtons.map(counterButton).join("\n")}
</div>
<div class="transfer">
<label for="transfer-to">${both("转到", "Transfer to")} (T)</label>
<select id="transfer-to" aria-keyshortcuts="t"></select>
<button id="transfer" type="button" aria-disabled="true">${both("转移", "Transfer")}</button>
</div>
<p id="outcome" role="alert" hidden></p>
</section>
<section aria-labelledby="waiting-title">
<h2 id="waiting-title">${both("等候", "Waiting")}</h2>
<p id="waiting-count"></p>
<table aria-labelledby="waiting-title">
<thead><tr><th scope="col">${both("号码", "Number")}</th><th scope="col">${both("业务", "Service")}</th><th scope="col">${both("类别", "Class")}</th><th scope="col" class="minutes">${both("分钟", "Minutes")}</th></tr></thead>
<tbody id="waiting"></tbody>
</table>
</section>
</main>`,
  });

const boardPage = (): Answer =>
  page({
    title: "叫号 Now serving",
    style: "board",
    script: "board",
    body: `<header>
<h1 id="site"></h1>
<button id="sound" type="button" aria-pressed="true" hidden>${both("语音", "Voice")}</button>
<p id="time" role="timer" aria-live="off"></p>
</header>
<p id="notice" class="notice" role="status" hidden></p>
<p id="spoken" class="unseen" role="status" hidden></p>
<main>
<section aria-labelledby="calls-title">
<h2 id="calls-title">${both("正在叫号", "Now serving")}</h2>
<table aria-labelledby="calls-title"><tbody id="calls"></tbody></table>
<p id="nobody">${both("请等候", "Please wait")}</p>
</section>
<section aria-label="等候 Waiting">
<h2 id="next-title">${both("下一位", "Next")}</h2>
<ol id="next" aria-labelledby="next-title"></ol>
<h2 id="services-title">${both("等候时间", "Waiting time")}</h2>
<table aria-labelledby="services-title"><tbody id="services"></tbody></table>
</section>
</main>`,
  });

const pages: Readonly<Record<Screen["kind"], () => Answer>> = {
  kiosk: kioskPage,
  counter: counterPage,
  board: boardPage,
};

export const pageOf = ({ kind }: Screen): Answer => pages[kind]();
