import { readdir, readFile } from "node:fs/promises";
import type { Answer } from "./answer.ts";
import { boardStyle } from "./style/board.ts";
import { counterStyle } from "./style/counter.ts";
import { everyPageStyle } from "./style/every-page.ts";
import { kioskStyle } from "./style/kiosk.ts";

const styles: Readonly<Record<string, string>> = {
  "every-page.css": everyPageStyle,
  "board.css": boardStyle,
  "counter.css": counterStyle,
  "kiosk.css": kioskStyle,
};

/** Whatever pages are made of, by name, read once: what is not in this table cannot be had. */
export async function openAssets(): Promise<ReadonlyMap<string, Answer>> {
  // Node 20 runs no TypeScript, and no browser does: the sources (under vitest) serve what `tsc -b` has compiled.
  const fromSources = import.meta.url.endsWith(".ts");
  const folder = new URL(fromSources ? "../../dist/gateway/console/pages/" : "./pages/", import.meta.url);
  const names = (await readdir(folder)).filter((name) => name.endsWith(".js"));
  const scripts = await Promise.all(
    names.map(async (name): Promise<[string, Answer]> => {
      const body = await readFile(new URL(name, folder), "utf8");
      return [name, { status: 200, type: "text/javascript; charset=utf-8", body }];
    }),
  );
  const sheets = Object.entries(styles).map(([name, body]): [string, Answer] => [
    name,
    { status: 200, type: "text/css; charset=utf-8", body },
  ]);
  return new Map([...scripts, ...sheets]);
}
