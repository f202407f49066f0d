import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { browserTestMs, browserThere, keepLook, openBrowser, sizes } from "./browser.ts";
import { PageStore } from "./page-store.ts";

const isThere = browserThere("logging in");

describe.skipIf(!isThere)("logging in", { timeout: browserTestMs }, () => {
  test("a screen logs in once, with the token from its file, and is still logged in after a restart", async () => {
    const directory = mkdtempSync(join(tmpdir(), "storewire-tokens-"));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const tokenFile = join(directory, "clerk-1");
    writeFileSync(tokenFile, "a token of more than twenty characters\n");
    const account = { username: "clerk-1", tokenFile, screen: "counter", readPoint: "counter-1" } as const;
    const store = await PageStore.open([account]);
    onTestFinished(() => store.close());
    const browser = await openBrowser();
    onTestFinished(() => browser.close());
    const page = await browser.newPage({ viewport: sizes.laptop });
    await page.goto(`${store.address}/counter/counter-1`);
    await page.getByLabel("Name").fill("clerk-1");
    await page.getByLabel("Token").fill("a token that is wrong altogether");
    await page.getByRole("button", { name: "Log in" }).click();
    await page.getByRole("alert").getByText("Wrong name or token").waitFor();
    await keepLook(page, "login");
    await page.getByLabel("Token").fill("a token of more than twenty characters");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Counter 1" }).waitFor();
    await store.stop();
    await store.start();
    await page.getByText("No connection").waitFor({ state: "hidden" });
    await page.getByRole("button", { name: "Call next" }).click();
    await page.getByText("Open").first().waitFor();
    await page.goto(store.address);
    expect(await page.getByRole("link").allInnerTexts()).toEqual(["柜台 Counter counter-1", "大屏 Board"]);
    const [cookie] = await page.context().cookies();
    expect(cookie).toMatchObject({ name: "storewire", httpOnly: true, sameSite: "Strict" });
    await page.goto(`${store.address}/counter/counter-2`);
    expect(await page.textContent("body")).toContain("not-yours");

    await page.goto(`${store.address}/counter/counter-1`);
    await page.getByRole("heading", { name: "Counter 1" }).waitFor();
    await store.stop();
    writeFileSync(tokenFile, "another token of more than twenty characters\n");
    await store.start();
    // Whoever knows only the old one has to log in anew.
    await page.getByLabel("Token").waitFor();
  });
});
