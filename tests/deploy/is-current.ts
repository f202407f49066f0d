import { existsSync, readFileSync, writeFileSync } from "node:fs";

/** The command that writes all generated files anew. */
const updateCommand = "STOREWIRE_UPDATE=1 npx vitest run tests/deploy";

/** Fails when a generated file is not what its generator makes now; with STOREWIRE_UPDATE=1 writes it. */
export function isCurrent(file: string, generated: string): void {
  if (process.env["STOREWIRE_UPDATE"] === "1") writeFileSync(file, generated);
  const kept = existsSync(file) ? readFileSync(file, "utf8") : undefined;
  if (kept !== generated) throw new Error(`${file} is not current; write it with: ${updateCommand}`);
}
