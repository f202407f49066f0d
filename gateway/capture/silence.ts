import type { ClockQuality } from "../../protocols/clock.ts";
import type { Meaning } from "./answers.ts";

interface Cause {
  /** By Node's code of the error, or its words where the code says too little. */
  readonly when: RegExp;
  /** What is wrong, and where it is put right. */
  readonly words: string;
  /** Judged by the clock, which a box without a battery has to be given first. */
  readonly byClock?: true;
}

/** Of an error's own words; they go into alerts. */
const saidCharacters = 300;

/** Errors of Node and OpenSSL that no waiting mends; OpenSSL's names of alerts differ between its versions. */
const causes: readonly Cause[] = [
  {
    when: /CERT_HAS_EXPIRED|CERT_NOT_YET_VALID/,
    words: "the repository's certificate is not valid today; it has to be renewed there",
    byClock: true,
  },
  {
    when: /ERR_TLS_CERT_ALTNAME_INVALID/,
    words: "the certificate is another host's than hq.capture.url names",
  },
  {
    when: /UNABLE_TO_(?:VERIFY|GET)|SELF_SIGNED|CERT_UNTRUSTED|INVALID_CA|CERT_SIGNATURE_FAILURE/,
    words: "nobody whom this box trusts has signed the repository's certificate; see hq.capture.tls.caFile",
  },
  {
    when: /ALERT_(?:CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE_FAILURE|ACCESS_DENIED|UNSUPPORTED_CERT)|(?:CERTIFICATE|HANDSHAKE|UNKNOWN_CA).*ALERT/,
    words: "the repository wants another client certificate; see hq.capture.tls.certFile and keyFile",
  },
  {
    when: /WRONG_VERSION|PACKET_LENGTH|HTTP_REQUEST/,
    words: "no TLS is spoken there; see hq.capture.url",
  },
  {
    when: /ERR_OSSL|KEY_VALUES_MISMATCH|ERR_CRYPTO/,
    words: "a file of hq.capture.tls cannot be used",
  },
  { when: /ENOENT|EACCES|EISDIR/, words: "a file of hq.capture cannot be read" },
];

/** What it means that no answer came: a cause that somebody has to put right, or one that may pass. */
export function silenceMeaning(
  error: unknown,
  clock: ClockQuality,
): Extract<Meaning, { kind: "shut" | "later" }> {
  const { code = "" } = error as { readonly code?: unknown };
  const said = String(error).trim().slice(0, saidCharacters);
  // OpenSSL says the same in capitals as a code, and in small letters in a sentence.
  const names = `${String(code)} ${said}`.toUpperCase().replaceAll(" ", "_");
  const cause = causes.find(({ when }) => when.test(names));
  if (cause === undefined || (cause.byClock && clock !== "synced")) {
    return { kind: "later", reason: said, afterMs: 0 };
  }
  return { kind: "shut", reason: `${cause.words} (${said})` };
}
