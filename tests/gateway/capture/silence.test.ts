import { describe, expect, it } from "vitest";
import { silenceMeaning } from "../../../gateway/capture/silence.ts";

const error = (code: string, words = "words"): Error => Object.assign(new Error(words), { code });

describe("what it means that no answer came", () => {
  it.each([
    ["CERT_HAS_EXPIRED", "renewed"],
    ["ERR_TLS_CERT_ALTNAME_INVALID", "another host's"],
    ["DEPTH_ZERO_SELF_SIGNED_CERT", "caFile"],
    ["SELF_SIGNED_CERT_IN_CHAIN", "caFile"],
    ["UNABLE_TO_GET_ISSUER_CERT_LOCALLY", "caFile"],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "caFile"],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "certFile"],
    ["ERR_SSL_SSLV3_ALERT_BAD_CERTIFICATE", "certFile"],
    ["ERR_SSL_SSL/TLS_ALERT_BAD_CERTIFICATE", "certFile"],
    ["ERR_SSL_SSLV3_ALERT_HANDSHAKE_FAILURE", "certFile"],
    ["ERR_SSL_TLSV1_ALERT_UNKNOWN_CA", "certFile"],
    ["ERR_SSL_WRONG_VERSION_NUMBER", "hq.capture.url"],
    ["ERR_SSL_PACKET_LENGTH_TOO_LONG", "hq.capture.url"],
    ["ERR_OSSL_X509_KEY_VALUES_MISMATCH", "hq.capture.tls"],
    ["ENOENT", "read"],
    ["EACCES", "read"],
  ])("%s: somebody has to put it right, and is told where", (code, cure) => {
    expect(silenceMeaning(error(code), "synced")).toEqual({
      kind: "shut",
      reason: expect.stringContaining(cure),
    });
  });

  it.each(["ECONNREFUSED", "ECONNRESET", "ENOTFOUND", "EAI_AGAIN", "ETIMEDOUT", "EPIPE", "ABORT_ERR"])(
    "%s: it may be better later",
    (code) => {
      expect(silenceMeaning(error(code), "synced")).toEqual({
        kind: "later",
        reason: "Error: words",
        afterMs: 0,
      });
    },
  );

  it("does not judge a certificate's days by a clock that nobody has set", () => {
    expect(silenceMeaning(error("CERT_NOT_YET_VALID"), "estimated").kind).toBe("later");
    expect(silenceMeaning(error("CERT_NOT_YET_VALID"), "synced").kind).toBe("shut");
    expect(silenceMeaning(error("UNABLE_TO_GET_ISSUER_CERT"), "estimated").kind).toBe("shut");
  });

  it("keeps no more of an error's words than fit an alert, and takes what is no Error at all", () => {
    const { reason } = silenceMeaning(error("EPROTO", `wrong version number${"x".repeat(10_000)}`), "synced");
    expect(reason.length).toBeLessThan(400);
    expect(silenceMeaning("gone", "synced")).toEqual({ kind: "later", reason: "gone", afterMs: 0 });
  });
});
