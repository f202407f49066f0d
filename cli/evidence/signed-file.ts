import { createHash, createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { type EvidenceStatement, eventIdOf, statementFormat } from "./statement.ts";

/**
 * The signed file. `statement` is the very text that was signed, so nobody needs a canonical form of JSON to
 * verify it: take the text out, and ask any Ed25519 (RFC 8032) implementation.
 */
export interface EvidenceFile {
  readonly statement: string;
  readonly algorithm: "Ed25519";
  /** PEM, SubjectPublicKeyInfo. */
  readonly publicKey: string;
  /** Base64. */
  readonly signature: string;
}

export function signedFile(statement: EvidenceStatement, privatePem: string): EvidenceFile {
  const key = createPrivateKey(privatePem);
  const text = JSON.stringify(statement);
  return {
    statement: text,
    algorithm: "Ed25519",
    publicKey: publicPem(key),
    signature: sign(null, Buffer.from(text), key).toString("base64"),
  };
}

export const publicPem = (privateKey: KeyObject): string =>
  createPublicKey(privateKey).export({ type: "spki", format: "pem" }).toString();

/** SHA-256 over the public key's DER: what is compared over the telephone. */
export function fingerprintOf(pem: string): string {
  const der = createPublicKey(pem).export({ type: "spki", format: "der" });
  return createHash("sha256")
    .update(der)
    .digest("hex")
    .replace(/(.{4})(?=.)/g, "$1 ");
}

export type Verdict =
  | { readonly ok: true; readonly statement: EvidenceStatement; readonly fingerprint: string }
  | { readonly ok: false; readonly reason: string };

const no = (reason: string): Verdict => ({ ok: false, reason });

/**
 * Whether a file is what the owner of its key has signed, and whether each event in it is the one that its identity names.
 * Whose key it is, only a comparison with a key that was handed over before can say.
 */
export function verdictOn(text: string): Verdict {
  const file = parsed(text) as Partial<EvidenceFile> | undefined;
  if (typeof file?.statement !== "string" || typeof file.publicKey !== "string")
    return no("no evidence file");
  const statement = parsed(file.statement) as EvidenceStatement | undefined;
  if (statement?.format !== statementFormat) return no(`the statement is no ${statementFormat}`);
  const flaw = signatureFlaw(file.statement, file.publicKey, file.signature ?? "");
  if (flaw !== undefined) return no(flaw);
  const strange = statement.steps.find(
    ({ event }) => "eventID" in event && eventIdOf(event) !== event["eventID"],
  );
  if (strange !== undefined) return no(`${String(strange.event["eventID"])} is not the hash of its event`);
  return { ok: true, statement, fingerprint: fingerprintOf(file.publicKey) };
}

function signatureFlaw(statement: string, publicKey: string, signature: string): string | undefined {
  try {
    const key = createPublicKey(publicKey);
    if (key.asymmetricKeyType !== "ed25519")
      return `the key is ${String(key.asymmetricKeyType)}, not Ed25519`;
    const right = verify(null, Buffer.from(statement), key, Buffer.from(signature, "base64"));
    return right ? undefined : "the statement is not what was signed with this key";
  } catch (error) {
    return `the key cannot be read: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
