import { randomUUID } from "node:crypto";
import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, expect } from "vitest";
import type { PressAnswer } from "../../protocols/screens.ts";
import { Complaints, openBrowser, type Sizes, sizes } from "./browser.ts";
import { PageStore } from "./page-store.ts";

/** A store and a browser for each test of a suite; what pages complained of fails the test. */
export class Visit {
  store = new PageStore();
  readonly complaints = new Complaints();
  #browser: Browser | undefined;
  #context: BrowserContext | undefined;

  /** Call inside `describe`. */
  static eachTest(options: BrowserContextOptions = {}): Visit {
    const visit = new Visit();
    beforeAll(async () => {
      visit.#browser = await openBrowser();
    });
    afterAll(() => visit.#browser?.close());
    beforeEach(async () => {
      visit.store = await PageStore.open();
      await visit.begin(options);
    });
    afterEach(async () => {
      await visit.#context?.close();
      await visit.store.close();
      expect(visit.complaints.found.splice(0)).toEqual([]);
    });
    return visit;
  }

  get context(): BrowserContext {
    if (this.#context === undefined) throw new Error("the visit has not begun");
    return this.#context;
  }

  /** A browser that has never been here. */
  async begin(options: BrowserContextOptions): Promise<void> {
    await this.#context?.close();
    this.#context = await this.#browser?.newContext(options);
    this.complaints.listenTo(this.context);
  }

  async open(path: string, size: Sizes): Promise<Page> {
    const page = await this.context.newPage();
    await page.setViewportSize(size);
    await page.goto(this.store.address + path);
    return page;
  }

  async kiosk(): Promise<Page> {
    const page = await this.open("/kiosk/kiosk", sizes.tablet);
    await page.getByRole("button", { name: "Returns" }).waitFor();
    return page;
  }

  /** A ticket that somebody drew elsewhere, where the kiosk's page is not what a test is about. */
  async issue(service: string): Promise<string> {
    const action = { kind: "issue", service, priorityClass: "regular" };
    const press = { id: randomUUID(), screen: "kiosk", readPoint: "kiosk", action };
    const response = await fetch(`${this.store.address}/api/press`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify(press),
    });
    const { ticket } = (await response.json()) as PressAnswer;
    return ticket?.number ?? "";
  }

  async counter(number: number): Promise<Page> {
    const page = await this.open(`/counter/counter-${number}`, sizes.laptop);
    await page.getByRole("heading", { name: `Counter ${number}` }).waitFor();
    return page;
  }

  async board(): Promise<Page> {
    const page = await this.open("/board", sizes.wall);
    await page.getByText("store-0042").waitFor();
    return page;
  }

  /** The ticket that a kiosk shows, on a phone. */
  async ticket(kiosk: Page): Promise<Page> {
    const id = await kiosk.locator("#ticket").getAttribute("data-ticket");
    return this.open(`/ticket/${id}`, sizes.phone);
  }
}

/** A kiosk is deaf for a moment after each step. */
export async function untilHearing(kiosk: Page): Promise<void> {
  await kiosk.waitForFunction(() => !document.body.classList.contains("deaf"));
}

/** Chooses service and class; the number comes when the gateway answers. */
export async function choose(kiosk: Page, service: string, priorityClass: string): Promise<void> {
  await untilHearing(kiosk);
  await kiosk.getByRole("button", { name: service }).click();
  await untilHearing(kiosk);
  await kiosk.getByRole("button", { name: priorityClass }).click();
}

export async function shownNumber(kiosk: Page): Promise<string> {
  const shown = kiosk.getByRole("region", { name: "Your number" }).locator("#number");
  await shown.getByText(/-\d{3}/).waitFor();
  return (await shown.textContent()) ?? "";
}

/** The kiosk is ready for the next customer. */
export async function done(kiosk: Page): Promise<void> {
  await untilHearing(kiosk);
  await kiosk.getByRole("button", { name: "Done" }).click();
}

/** From the press at the counter to the number painted on the board, on the clock that both pages share. */
export async function callMs(counter: Page, board: Page, number: string): Promise<number> {
  const seen = board.evaluate(
    (wanted) =>
      new Promise<number>((resolve) => {
        const calls = document.querySelector("#calls");
        const look = (): void => {
          if (calls?.textContent?.includes(wanted) !== true) return;
          // Painted with the next frame.
          requestAnimationFrame((frameMs) => resolve(performance.timeOrigin + frameMs));
        };
        if (calls !== null) new MutationObserver(look).observe(calls, { childList: true, subtree: true });
      }),
    number,
  );
  const pressed = counter.evaluate(
    () =>
      new Promise<number>((resolve) => {
        const told = (event: Event): void => resolve(performance.timeOrigin + event.timeStamp);
        document.querySelector("#call-next")?.addEventListener("click", told, { once: true });
      }),
  );
  await counter.getByRole("button", { name: "Call next" }).click();
  return Math.round((await seen) - (await pressed));
}
