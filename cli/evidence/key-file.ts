import { generateKeyPairSync } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { link, open, rm } from "node:fs/promises";
import { UnavailableError } from "../unavailable-error.ts";

/**
 * The box's own Ed25519 key, PKCS 8 as PEM, made on first use and readable by its owner alone. Two that make it at
 * the same moment end with the same one. Throws `UnavailableError` where it can be neither read nor made.
 */
export async function evidenceKey(path: string): Promise<string> {
  const deed = existsSync(path) ? "read" : "made";
  try {
    if (deed === "made") await makeKey(path);
    return readFileSync(path, "utf8");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new UnavailableError(
      `the key that signs evidence cannot be ${deed} at ${path} (${code}): does its folder exist, may you use it? ` +
        "The configuration names it under returns.evidenceKeyFile",
    );
  }
}

/** The file gets its name when it is whole and on disk. */
async function makeKey(path: string): Promise<void> {
  const { privateKey } = generateKeyPairSync("ed25519");
  const draft = `${path}.${process.pid}`;
  const file = await open(draft, "wx", 0o600);
  try {
    await file.writeFile(privateKey.export({ type: "pkcs8", format: "pem" }));
    await file.sync();
  } finally {
    await file.close();
  }
  await link(draft, path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "EEXIST") throw error;
  });
  await rm(draft);
}
