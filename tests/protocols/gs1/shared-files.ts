import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

export const sharedFolder = fileURLToPath(new URL("../../../../shared/", import.meta.url));

/** The vectors and conformance files are shared between projects and not part of this repository. */
export function areShared(...paths: readonly string[]): boolean {
  const missing = paths.filter((path) => !existsSync(sharedFolder + path));
  if (missing.length > 0) console.warn(`skipped: tests against ../shared/${missing.join(", ../shared/")}`);
  return missing.length === 0;
}

export const sharedText = (path: string): string =>
  existsSync(sharedFolder + path) ? readFileSync(sharedFolder + path, "utf8") : "";

/** The file as JSON; `instead` where it is not here, so that a skipped test can still be collected. */
export function sharedJson<Json>(path: string, instead: Json): Json {
  const text = sharedText(path);
  return text === "" ? instead : (JSON.parse(text) as Json);
}
