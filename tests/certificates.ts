import { execFileSync, spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";

/** Certificates are made with Debian's `openssl` as a test begins; none is kept. */
export function opensslThere(what: string): boolean {
  const there = spawnSync("openssl", ["version"]).status === 0;
  if (!there) console.warn(`skipped: ${what} (no openssl here; apt-get install openssl)`);
  return there;
}

export interface CertificateFiles {
  readonly certFile: string;
  readonly keyFile: string;
}

const keyWords = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
const openssl = (...words: readonly string[]): void => {
  execFileSync("openssl", words, { stdio: "ignore" });
};
const filesOf = (folder: string, name: string): CertificateFiles => ({
  certFile: join(folder, `${name}.pem`),
  keyFile: join(folder, `${name}.key`),
});

/** One that signs others. */
export function makeAuthority(folder: string, name: string): CertificateFiles {
  const files = filesOf(folder, name);
  openssl(
    "req",
    "-x509",
    ...keyWords,
    "-keyout",
    files.keyFile,
    "-out",
    files.certFile,
    "-subj",
    `/CN=${name}`,
  );
  return files;
}

/** Signed by `authority` for so many days from now; a negative number has expired. */
export function makeCertificate(
  folder: string,
  name: string,
  authority: CertificateFiles,
  { altName = "IP:127.0.0.1", days = 2 }: { readonly altName?: string; readonly days?: number } = {},
): CertificateFiles {
  const files = filesOf(folder, name);
  const request = join(folder, `${name}.csr`);
  const extensions = join(folder, `${name}.ext`);
  writeFileSync(extensions, `subjectAltName=${altName}`);
  openssl("req", ...keyWords, "-keyout", files.keyFile, "-out", request, "-subj", `/CN=${name}`);
  const signer = ["-CA", authority.certFile, "-CAkey", authority.keyFile, "-CAcreateserial"];
  openssl(
    "x509",
    "-req",
    "-in",
    request,
    ...signer,
    "-days",
    String(days),
    "-extfile",
    extensions,
    "-out",
    files.certFile,
  );
  return files;
}
