import { byId, say } from "./elements.ts";

/** Says at the foot of a page whether it is up to date, and since when it is not. */
export function showConnection(lostSince: { readonly heardMs: number | undefined } | undefined): void {
  const foot = byId("connection", HTMLElement);
  document.body.classList.toggle("lost", lostSince !== undefined);
  if (lostSince === undefined) {
    say(foot, undefined);
    return;
  }
  const { heardMs } = lostSince;
  if (heardMs === undefined) {
    say(foot, { chinese: "正在连接", english: "Connecting" });
    return;
  }
  const time = clockTime(heardMs);
  say(foot, { chinese: `连接中断，最后更新 ${time}`, english: `No connection, last update ${time}` });
}

export const clockTime = (timeMs: number): string =>
  new Date(timeMs).toLocaleTimeString("zh-CN", { hour12: false });
