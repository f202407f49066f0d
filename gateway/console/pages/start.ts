import { byId, element, say, type Words } from "./elements.ts";

interface Session {
  readonly username: string;
  readonly screens: readonly string[];
}

const form = byId("login", HTMLFormElement);
const screens = byId("screens", HTMLElement);
const outcome = byId("outcome", HTMLElement);
const username = byId("username", HTMLInputElement);
const token = byId("token", HTMLInputElement);

const wrongWords: Words = {
  chinese: "名称或令牌不对，多次错误后须等候",
  english: "Wrong name or token; after some wrong ones you have to wait",
};
const goneWords: Words = { chinese: "网关没有回答", english: "The gateway does not answer" };
const kinds: Readonly<Record<string, Words>> = {
  kiosk: { chinese: "取号机", english: "Kiosk" },
  counter: { chinese: "柜台", english: "Counter" },
  board: { chinese: "大屏", english: "Board" },
};

async function begin(): Promise<void> {
  const response = await fetch("/api/session").catch(() => undefined);
  if (response?.ok !== true) {
    form.hidden = false;
    username.focus();
    if (response === undefined) say(outcome, goneWords);
    return;
  }
  const session = (await response.json()) as Session;
  form.hidden = true;
  screens.hidden = false;
  screens.replaceChildren(...session.screens.map((path) => element("li", {}, link(path))));
}

function link(path: string): HTMLElement {
  const [, kind = "", readPoint = ""] = path.split("/");
  const words = kinds[kind] ?? { chinese: kind, english: kind };
  const text = `${words.chinese} ${words.english} ${readPoint}`.trim();
  return element("a", { attributes: { href: path } }, text);
}

async function login(): Promise<void> {
  const response = await fetch("/api/login", {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify({ username: username.value, token: token.value }),
  }).catch(() => undefined);
  if (response?.ok === true) {
    const { screen } = (await response.json()) as { readonly screen: string };
    location.assign(screen);
    return;
  }
  token.value = "";
  token.focus();
  say(outcome, response === undefined ? goneWords : wrongWords);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void login();
});

void begin();
