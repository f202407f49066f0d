import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import type { ServerOptions } from "node:https";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCaptureExchange } from "../../cli/capture-exchange.ts";
import { silenceMeaning } from "../../gateway/capture/silence.ts";
import { captureSchema } from "../../protocols/config/capture.ts";
import { SimulatedRepository } from "../../simulators/network/simulated-repository.ts";
import { type CertificateFiles, makeAuthority, makeCertificate, opensslThere } from "../certificates.ts";
import { StrictRepository } from "../strict-repository.ts";

const there = opensslThere("TLS to an EPCIS repository");
const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

describe.skipIf(!there)("TLS to an EPCIS repository", () => {
  const folder = mkdtempSync(join(tmpdir(), "capture-tls-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  let authority: CertificateFiles;
  let stranger: CertificateFiles;
  let server: CertificateFiles;
  let gateway: CertificateFiles;

  beforeAll(() => {
    authority = makeAuthority(folder, "authority");
    stranger = makeAuthority(folder, "stranger");
    server = makeCertificate(folder, "server", authority);
    gateway = makeCertificate(folder, "gateway", authority);
  });

  const served = ({ certFile, keyFile }: CertificateFiles, more: ServerOptions = {}): ServerOptions => ({
    cert: readFileSync(certFile),
    key: readFileSync(keyFile),
    ...more,
  });
  /** A repository that lets only those in whose certificate the authority has signed. */
  const guarded = (): ServerOptions =>
    served(server, { ca: readFileSync(authority.certFile), requestCert: true, rejectUnauthorized: true });

  async function repositoryWith(tls: ServerOptions | undefined): Promise<StrictRepository> {
    const repository = new SimulatedRepository();
    const strict = await StrictRepository.open({ repository, ...(tls && { tls }) });
    cleanups.push(() => strict.close());
    return strict;
  }

  /** What an `OPTIONS /capture` comes to: its status, or what its silence means on a box whose clock is set. */
  async function asked(url: string, tls: object, clock: "synced" | "estimated" = "synced") {
    const exchange = openCaptureExchange(captureSchema.parse({ url, tls }));
    try {
      return await exchange.request({ method: "OPTIONS", path: "/capture" }).then(
        ({ status }) => status,
        (error: unknown) => silenceMeaning(error, clock),
      );
    } finally {
      exchange.close();
    }
  }
  const shut = (cure: RegExp) => ({ kind: "shut", reason: expect.stringMatching(cure) });

  it("is spoken with a repository whose authority is the configured one, over one connection", async () => {
    const strict = await repositoryWith(served(server));
    const tls = { caFile: authority.certFile };
    const exchange = openCaptureExchange(captureSchema.parse({ url: strict.url, tls }));
    cleanups.push(() => exchange.close());
    for (let count = 0; count < 5; count += 1) {
      expect((await exchange.request({ method: "OPTIONS", path: "/capture" })).status).toBe(204);
    }
    expect(strict.connections).toBe(1);
    expect(strict.complaints).toEqual([]);
  });

  it("is refused where another has signed, where nobody is named, and where a file is not there", async () => {
    const { url } = await repositoryWith(served(server));
    expect(await asked(url, { caFile: stranger.certFile })).toEqual(shut(/hq\.capture\.tls\.caFile/));
    expect(await asked(url, {})).toEqual(shut(/hq\.capture\.tls\.caFile/));
    expect(await asked(url, { caFile: join(folder, "nowhere.pem") })).toEqual(
      shut(/cannot be read .*nowhere\.pem/),
    );
  });

  it("is refused to another host, and to one whose certificate signs itself", async () => {
    const elsewhere = makeCertificate(folder, "elsewhere", authority, { altName: "DNS:localhost" });
    const other = await repositoryWith(served(elsewhere));
    expect(await asked(other.url, { caFile: authority.certFile })).toEqual(shut(/another host's .*altnames/));
    const own = await repositoryWith(served(stranger));
    expect(await asked(own.url, { caFile: authority.certFile })).toEqual(shut(/hq\.capture\.tls\.caFile/));
  });

  it("is refused after the certificate's last day; a box without the time waits for it without a word", async () => {
    const old = makeCertificate(folder, "old", authority, { days: -1 });
    const { url } = await repositoryWith(served(old));
    expect(await asked(url, { caFile: authority.certFile })).toEqual(shut(/renewed there.*expired/));
    expect(await asked(url, { caFile: authority.certFile }, "estimated")).toMatchObject({ kind: "later" });
  });

  it("shows its own certificate where the repository wants one", async () => {
    const { url } = await repositoryWith(guarded());
    expect(await asked(url, { caFile: authority.certFile, ...gateway })).toBe(204);
  });

  it.each(["-tls1_2", "-tls1_3"])(
    "says that its own certificate is not the one that is wanted (%s)",
    async (version) => {
      const url = await openSslServer(version);
      const tls = { caFile: authority.certFile };
      const cure = shut(/hq\.capture\.tls\.certFile/);
      expect(await asked(url, { ...tls, ...makeCertificate(folder, "foreign", stranger) })).toEqual(cure);
      expect(await asked(url, tls)).toEqual(cure);
      const old = makeCertificate(folder, "old-gateway", authority, { days: -1 });
      expect(await asked(url, { ...tls, ...old })).toEqual(cure);
    },
  );

  /** OpenSSL's own server says by TLS alerts why it lets nobody in, as repositories do; Node's hangs up. */
  async function openSslServer(version: string): Promise<string> {
    const port = await freePort();
    const words = ["-accept", `127.0.0.1:${port}`, "-cert", server.certFile, "-key", server.keyFile, version];
    const wants = ["-CAfile", authority.certFile, "-Verify", "1", "-verify_return_error", "-www"];
    const child = spawn("openssl", ["s_server", ...words, ...wants], { stdio: ["ignore", "pipe", "ignore"] });
    cleanups.push(() => void child.kill());
    await new Promise<void>((resolve) =>
      child.stdout.on("data", (said) => String(said).includes("ACCEPT") && resolve()),
    );
    return `https://127.0.0.1:${port}`;
  }

  it("takes a renewed certificate at its next request", async () => {
    const { url } = await repositoryWith(guarded());
    const files = { certFile: join(folder, "own.pem"), keyFile: join(folder, "own.key") };
    const put = ({ certFile, keyFile }: CertificateFiles): void => {
      writeFileSync(files.certFile, readFileSync(certFile));
      writeFileSync(files.keyFile, readFileSync(keyFile));
    };
    const exchange = openCaptureExchange(
      captureSchema.parse({ url, tls: { caFile: authority.certFile, ...files } }),
    );
    cleanups.push(() => exchange.close());
    put(makeCertificate(folder, "foreign-2", stranger));
    await expect(exchange.request({ method: "OPTIONS", path: "/capture" })).rejects.toThrow();
    put(gateway);
    expect((await exchange.request({ method: "OPTIONS", path: "/capture" })).status).toBe(204);
  });

  it("says which file is none, and when key and certificate are not one another's", async () => {
    const { url } = await repositoryWith(served(server));
    const tls = { caFile: authority.certFile };
    const mixed = { certFile: gateway.certFile, keyFile: server.keyFile };
    expect(await asked(url, { ...tls, ...mixed })).toEqual(shut(/hq\.capture\.tls cannot be used/));
    const garbage = join(folder, "garbage.pem");
    writeFileSync(garbage, "no certificate");
    expect(await asked(url, { ...tls, ...gateway, keyFile: garbage })).toEqual(
      shut(/hq\.capture\.tls cannot be used/),
    );
    expect(await asked(url, { caFile: garbage })).toEqual(shut(/hq\.capture\.tls/));
  });

  it("is not spoken where plain HTTP is", async () => {
    const plain = await repositoryWith(undefined);
    const url = plain.url.replace("http:", "https:");
    expect(await asked(url, { caFile: authority.certFile })).toEqual(shut(/hq\.capture\.url/));
  });
});

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address() as AddressInfo;
  await new Promise((resolve) => probe.close(resolve));
  return port;
}
