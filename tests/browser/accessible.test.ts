import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import type { ShownCounter } from "../../protocols/screens.ts";
import { browserTestMs, browserThere, keepLook, sizes } from "./browser.ts";
import { choose, shownNumber, untilHearing, Visit } from "./visit.ts";

const isThere = browserThere("pages by keyboard, by ear, and from five metres");

describe.skipIf(!isThere)("pages for everybody", { timeout: browserTestMs }, () => {
  const visit = Visit.eachTest();

  test("a number is drawn with the keyboard alone, and focus is always where one goes on", async () => {
    const kiosk = await visit.kiosk();
    const pressed = async (key: string) => kiosk.keyboard.press(key);
    await untilHearing(kiosk);
    await pressed("Tab");
    expect(await focused(kiosk)).toContain("Returns");
    await pressed("Tab");
    expect(await focused(kiosk)).toContain("Advice");
    await pressed("Enter");
    expect(await focused(kiosk)).toContain("Please choose what applies to you");
    await untilHearing(kiosk);
    await pressed("Tab");
    await pressed("Space");
    expect(await shownNumber(kiosk)).toBe("B-001");
    expect(await focused(kiosk)).toContain("Your number");
    await untilHearing(kiosk);
    await pressed("Tab");
    expect(await focused(kiosk)).toContain("Done");
    await pressed("Enter");
    expect(await focused(kiosk)).toContain("Please choose a service");
  });

  test("a counter is worked with single keys, which can be switched off, or with tab and enter", async () => {
    for (let count = 0; count < 3; count += 1) await visit.issue("returns");
    const counter = await visit.counter(1);
    const number = counter.locator("#number");
    await counter.getByRole("row", { name: "A-003" }).waitFor();
    await counter.keyboard.press("n");
    await number.getByText("A-001").waitFor();
    await counter.keyboard.press("r");
    await counter.getByText("Called 2 times").waitFor();
    await counter.keyboard.press("s");
    await counter.getByText("Being served").waitFor();
    // This makes no sense now, and does nothing.
    await counter.keyboard.press("x");
    await counter.keyboard.press("f");
    await counter.getByText("Nobody").waitFor();
    await counter.getByLabel("Shortcuts").uncheck();
    await counter.keyboard.press("n");
    await counter.getByRole("button", { name: "Call next" }).focus();
    await counter.keyboard.press("Enter");
    await number.getByText("A-002").waitFor();
    // The button keeps the focus, so that the next press needs no search.
    expect(await focused(counter)).toContain("Call next");
    await counter.keyboard.press("Tab");
    expect(await focused(counter)).toContain("Recall");
  });

  test("every part has a role and a name in both languages, and what changes is said", async () => {
    const kiosk = await visit.kiosk();
    await choose(kiosk, "Returns", "Regular");
    await shownNumber(kiosk);
    const pages = [kiosk, await visit.board(), await visit.counter(1), await visit.ticket(kiosk)];
    for (const page of pages) {
      expect(await page.locator("html").getAttribute("lang")).toBe("zh-Hans");
      expect(await page.getByRole("main").count()).toBe(1);
      expect(await page.getByRole("heading", { level: 1 }).count()).toBe(1);
      expect(await page.locator("[role=status]").count()).toBeGreaterThan(1);
      for (const button of await page.getByRole("button").all()) {
        const name = (await button.innerText()).replaceAll("\n", " ");
        expect(name).toMatch(/\p{Script=Han}.* [A-Za-z]/u);
        expect(await button.locator("[lang=en]").count()).toBeGreaterThan(0);
      }
    }
    const [, board, counter] = pages;
    await counter?.getByRole("button", { name: "Call next" }).click();
    await board?.getByRole("status").getByText("A-001, please go to Counter 1").waitFor();
    await counter?.getByRole("status").getByText("A-001").waitFor();
    const tables = ["Now serving", "Waiting time"];
    for (const name of tables) expect(await board?.getByRole("table", { name }).count()).toBe(1);
    expect(await board?.getByRole("list", { name: "Next" }).count()).toBe(1);
    expect(await counter?.getByRole("combobox", { name: "Transfer to" }).count()).toBe(1);
  });

  test("words stand out from what is behind them, as WCAG AA wants it", async () => {
    const kiosk = await visit.kiosk();
    visit.store.printer.stimulate({ kind: "paper", paper: "end" });
    await kiosk.locator("#notice").getByText("paper").waitFor();
    await choose(kiosk, "Returns", "Regular");
    await shownNumber(kiosk);
    const counter = await visit.counter(1);
    await counter.getByRole("button", { name: "Call next" }).click();
    const board = await visit.board();
    await board.getByText("A-001").waitFor();
    for (const page of [kiosk, counter, board, await visit.ticket(kiosk)]) {
      const faint = await page.evaluate(faintWords, 4.5);
      expect(faint, page.url()).toEqual([]);
    }
    expect(await board.evaluate(faintWords, 22)).not.toEqual([]);
  });

  test("a board is read at five metres, with names as long as they may be, and without motion where none is wanted", async () => {
    for (let count = 0; count < 3; count += 1) await visit.issue("returns");
    await (await visit.counter(1)).getByRole("button", { name: "Call next" }).click();
    const board = await visit.board();
    await board.emulateMedia({ reducedMotion: "reduce" });
    for (const size of [sizes.wall, { width: 1366, height: 768 }, { width: 3840, height: 2160 }]) {
      await board.setViewportSize(size);
      await board.getByRole("row", { name: "A-001" }).waitFor();
      const small = await board.evaluate(smallWords, 0.046 * size.height - 0.5);
      expect(small, `${size.width}`).toEqual([]);
      const isWhole = await board.evaluate(
        () => document.body.scrollHeight <= innerHeight && document.body.scrollWidth <= innerWidth,
      );
      expect(isWhole, `${size.width}`).toBe(true);
    }
    const moving = await board.evaluate(() => document.getAnimations().length);
    expect(moving).toBe(0);
    await keepLook(board, "board-4k");
  });

  test("a call is spoken in Chinese and English, once, and never the ones from before", async () => {
    for (let count = 0; count < 2; count += 1) await visit.issue("returns");
    const counter = await visit.counter(1);
    await counter.getByRole("button", { name: "Call next" }).click();
    await counter.locator("#number", { hasText: "A-001" }).waitFor();
    await visit.context.addInitScript(listen);
    const board = await visit.board();
    await board.getByText("A-001").waitFor();
    const spoken = () => board.evaluate(heard);
    await counter.getByRole("button", { name: "Call next" }).click();
    await board.getByText("A-002").first().waitFor();
    const twice = ["zh-CN 请 A 0 0 2 号，到 1 号柜台", "en-GB Number A 0 0 2, please go to counter 1"];
    await expect.poll(spoken).toEqual(twice);
    await counter.getByRole("button", { name: "Serve" }).click();
    await board.locator("tr.serving").waitFor();
    expect(await spoken()).toEqual(twice);
    await board.getByRole("button", { name: "Voice" }).click();
    expect(await board.getByRole("button", { name: "Voice" }).getAttribute("aria-pressed")).toBe("false");
  });

  test("of many calls that a board has missed it speaks the latest, and not for minutes", async () => {
    const called = (number: number): ShownCounter => ({
      id: `counter-${number}`,
      name: `Counter ${number}`,
      state: "open",
      current: {
        ticket: `ticket-${number}`,
        number: `A-00${number}`,
        service: "returns",
        priorityClass: "regular",
        state: "called",
        attempt: 1,
        sinceMs: 0,
      },
    });
    const board = await visit.context.newPage();
    await board.addInitScript(listen);
    await board.routeWebSocket(/\/live\//, (socket) => {
      const empty = { siteName: "store-0042", services: [], counters: [], next: [], notices: [] };
      const tell = (counters: readonly ShownCounter[]) =>
        socket.send(JSON.stringify({ version: "test", atMs: 0, view: { ...empty, counters } }));
      tell([]);
      tell([1, 2, 3, 4, 5, 6, 7, 8].map(called));
    });
    await board.goto(`${visit.store.address}/board`);
    await board.getByText("A-001").first().waitFor();
    const spoken = await board.evaluate(heard);
    expect(spoken.filter((each) => each.startsWith("en-GB")).map((each) => each.at(-1))).toEqual([
      "6",
      "5",
      "4",
      "3",
      "2",
      "1",
    ]);
  });
});

/** Stands in for a voice, which a machine without sound has not. */
function listen(): void {
  const spoken: string[] = [];
  const voice = {
    cancel() {},
    speak: ({ lang, text }: SpeechSynthesisUtterance) => spoken.push(`${lang} ${text}`),
  };
  Object.defineProperty(globalThis, "speechSynthesis", { value: voice });
  Object.defineProperty(globalThis, "spoken", { value: spoken });
}

const heard = (): string[] => (globalThis as unknown as { readonly spoken: string[] }).spoken;

const focused = (page: Page): Promise<string> =>
  page.evaluate(() => document.activeElement?.textContent ?? "");

/** Elements that bear words whose contrast (WCAG 2.1, 1.4.3) with what is behind them is below `least`. */
function faintWords(least: number): string[] {
  const canvas = document.createElement("canvas").getContext("2d", { willReadFrequently: true });
  if (canvas === null) throw new Error("no canvas");
  const paint = (colours: readonly string[]): number => {
    for (const colour of colours) {
      canvas.fillStyle = colour;
      canvas.fillRect(0, 0, 1, 1);
    }
    const [red = 0, green = 0, blue = 0] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) => {
      const share = byte / 255;
      return share <= 0.03928 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  };
  const faint: string[] = [];
  for (const bearer of document.querySelectorAll<HTMLElement>("body *")) {
    const hasWords = [...bearer.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
    const isOff = bearer.closest("[aria-disabled=true], .unseen") !== null;
    if (!hasWords || isOff || !bearer.checkVisibility()) continue;
    const behind: string[] = [];
    for (let each: Element | null = bearer; each !== null; each = each.parentElement)
      behind.unshift(getComputedStyle(each).backgroundColor);
    const ground = paint(["white", ...behind]);
    const ink = paint([getComputedStyle(bearer).color]);
    const contrast = (Math.max(ground, ink) + 0.05) / (Math.min(ground, ink) + 0.05);
    if (contrast < least) faint.push(`${bearer.id || bearer.className}: ${contrast.toFixed(1)}`);
  }
  return faint;
}

/** Elements that bear words smaller than `least` pixels; what only staff presses does not count. */
function smallWords(least: number): string[] {
  return [...document.querySelectorAll<HTMLElement>("body *")]
    .filter((bearer) => {
      const hasWords = [...bearer.childNodes].some((node) => node.nodeType === 3 && node.textContent?.trim());
      const isForAll = bearer.closest("#sound, .unseen") === null;
      return hasWords && isForAll && bearer.checkVisibility();
    })
    .map((bearer) => ({ bearer, size: Number.parseFloat(getComputedStyle(bearer).fontSize) }))
    .filter(({ size }) => size < least)
    .map(({ bearer, size }) => `${bearer.id || bearer.className || bearer.tagName}: ${size}`);
}
