import { spawnSync } from "node:child_process";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

/** Debian's, and what others call it. */
const binaries = ["chromium", "chromium-browser", "google-chrome", "/usr/bin/chromium"];
const binary = binaries
  .map((name) => spawnSync("which", [name], { encoding: "utf8" }).stdout.trim())
  .find((path) => path !== "");

/** A test takes some seconds; a machine that does many other things at the same time is ten times as slow. */
export const browserTestMs = 90_000;

/** For `describe.skipIf(!browserThere())`: says aloud what is not tested. */
export function browserThere(what: string): boolean {
  if (binary === undefined) console.warn(`skipped: ${what} (no chromium here; apt-get install chromium)`);
  return binary !== undefined;
}

export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: binary ?? "",
    // Chromium's sandbox does not work for root, which containers run as.
    args: process.getuid?.() === 0 ? ["--no-sandbox"] : [],
  });
}

export interface Sizes {
  readonly width: number;
  readonly height: number;
}
export const sizes = {
  wall: { width: 1920, height: 1080 },
  tablet: { width: 1280, height: 800 },
  upright: { width: 1080, height: 1920 },
  laptop: { width: 1366, height: 768 },
  phone: { width: 390, height: 844 },
} as const satisfies Record<string, Sizes>;

/** What went wrong on any page of a context; a test ends with none. */
export class Complaints {
  readonly found: string[] = [];

  listenTo(context: BrowserContext): void {
    context.on("weberror", (error) => this.found.push(error.error().message));
    context.on("console", (message) => {
      // A gateway that is away is what many tests are about; the browser's words for it are no complaint of ours.
      const isAway = /ERR_|WebSocket connection|Failed to load resource/.test(message.text());
      if (message.type() === "error" && !isAway) this.found.push(message.text());
    });
  }
}

/** How a page is at this moment, for a look at it; only where a folder is named. */
export async function keepLook(page: Page, name: string): Promise<void> {
  const folder = process.env["STOREWIRE_SCREENSHOTS"];
  if (folder !== undefined) await page.screenshot({ path: `${folder}/${name}.png` });
}
