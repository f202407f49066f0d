import { describe, expect, test } from "vitest";
import { browserTestMs, browserThere, keepLook } from "./browser.ts";
import { choose, shownNumber, Visit } from "./visit.ts";

const isThere = browserThere("pages over restarts and without a network");

describe.skipIf(!isThere)("pages in trouble", { timeout: browserTestMs }, () => {
  const visit = Visit.eachTest();

  test("a press while the gateway is away has its number when it is back, once", async () => {
    const kiosk = await visit.kiosk();
    await visit.store.stop();
    await kiosk.getByText("No connection, last update").waitFor();
    await choose(kiosk, "Returns", "Regular");
    await kiosk.getByText("One moment please").waitFor();
    await keepLook(kiosk, "kiosk-away");
    await visit.store.start();
    expect(await shownNumber(kiosk)).toBe("A-001");
    await kiosk.getByText("No connection").waitFor({ state: "hidden" });
    expect(visit.store.waiting).toBe(1);
  });

  test("a press whose answer is lost in a restart gets the number that it was given", async () => {
    const kiosk = await visit.kiosk();
    let lost = 0;
    await kiosk.route("**/api/press", async (route) => {
      // The gateway has it on disk; then the gateway is gone, and nobody heard the answer.
      if (lost > 0) return route.continue();
      lost += 1;
      const answer = await route.fetch();
      expect(answer.status()).toBe(200);
      await visit.store.stop();
      await route.abort();
      return visit.store.start();
    });
    await choose(kiosk, "Returns", "Regular");
    expect(await shownNumber(kiosk)).toBe("A-001");
    expect(lost).toBe(1);
    expect(visit.store.waiting).toBe(1);
    expect(await visit.issue("returns")).toBe("A-002");
  });

  test("a page that is loaded anew in the middle of a press still shows its number", async () => {
    const kiosk = await visit.kiosk();
    await kiosk.route("**/api/press", (route) => route.abort());
    await choose(kiosk, "Returns", "Regular");
    await kiosk.getByText("One moment please").waitFor();
    await kiosk.unroute("**/api/press");
    await kiosk.reload();
    expect(await shownNumber(kiosk)).toBe("A-001");
    expect(visit.store.waiting).toBe(1);
  });

  test("a board says since when it hears nothing, and shows everything when the gateway is back", async () => {
    await visit.issue("returns");
    const board = await visit.board();
    const counter = await visit.counter(1);
    await board.getByText("A-001").waitFor();
    await visit.store.stop();
    await board.getByText(/No connection, last update \d\d:\d\d:\d\d/).waitFor();
    await keepLook(board, "board-away");
    await visit.store.start();
    await board.getByText("No connection").waitFor({ state: "hidden" });
    await counter.getByRole("button", { name: "Call next" }).click();
    await board.getByRole("row", { name: /A-001.*Counter 1/ }).waitFor();
  });

  test("a board without a network says so, and knows what it has missed when the network is back", async () => {
    await visit.issue("returns");
    const board = await visit.board();
    await board.context().setOffline(true);
    await board.getByText("No connection, last update").waitFor();
    // Meanwhile another customer comes, at a kiosk that has a network.
    await visit.issue("advice");
    await board.context().setOffline(false);
    await board.getByText("No connection").waitFor({ state: "hidden" });
    await board.getByText("B-001").waitFor();
  });

  test("a connection that is silent is given up after three heartbeats, and tried again without hurry", async () => {
    const page = await visit.context.newPage();
    await page.clock.install();
    /** When each connection was opened, on the page's clock, which is turned by hand. */
    const openedMs: number[] = [];
    const opened: Promise<unknown>[] = [];
    await page.routeWebSocket(/\/live\//, () => {
      opened.push(page.evaluate(() => new Date().getTime()).then((ms) => openedMs.push(ms)));
    });
    await page.goto(`${visit.store.address}/board`);
    await expect.poll(() => opened.length).toBe(1);
    const stepMs = 250;
    while (opened.length < 7) {
      await page.clock.runFor(stepMs);
      await Promise.all(opened);
    }
    await page.getByText("Connecting").waitFor();
    const waitsMs = openedMs.slice(1).map((ms, index) => ms - (openedMs[index] ?? 0));
    // Nine seconds of silence, then 0.1 to 3 s; the page's clock runs on a little while we look.
    for (const waitMs of waitsMs) {
      expect(waitMs).toBeGreaterThan(8_500);
      expect(waitMs).toBeLessThan(13_500);
    }
    expect(waitsMs.at(-1)).toBeGreaterThan(9_000 + 1_500 - stepMs);
  });

  test("a page is loaded anew when the gateway has another version", async () => {
    const board = await visit.context.newPage();
    let loads = 0;
    board.on("load", () => {
      loads += 1;
    });
    await board.routeWebSocket(/\/live\//, (socket) => {
      const view = { siteName: "store-0042", services: [], counters: [], next: [], notices: [] };
      const tell = (version: string) => socket.send(JSON.stringify({ version, atMs: 0, view }));
      tell("1");
      if (loads === 0) tell("2");
    });
    await board.goto(`${visit.store.address}/board`);
    await expect.poll(() => loads, { timeout: 30_000 }).toBe(2);
    await board.getByText("store-0042").waitFor();
    expect(loads).toBe(2);
  });

  test("a kiosk that somebody walked away from begins anew", async () => {
    const page = await visit.context.newPage();
    await page.clock.install();
    await page.goto(`${visit.store.address}/kiosk/kiosk`);
    await page.getByRole("button", { name: "Returns" }).waitFor();
    await page.clock.runFor(1_000);
    await page.getByRole("button", { name: "Returns" }).click();
    await page.getByRole("button", { name: "Regular" }).waitFor();
    await page.clock.runFor(29_000);
    expect(await page.getByRole("button", { name: "Regular" }).isVisible()).toBe(true);
    await page.clock.runFor(2_000);
    await page.getByRole("button", { name: "Returns" }).waitFor();
    expect(visit.store.waiting).toBe(0);
  });
});
