import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { openCaptureExchange } from "../../cli/capture-exchange.ts";
import { captureSchema } from "../../protocols/config/capture.ts";
import { SimulatedRepository } from "../../simulators/network/simulated-repository.ts";
import { LoopbackRepository } from "../loopback-repository.ts";

const cleanups: (() => Promise<unknown> | void)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0)) await cleanup();
});

const exchangeWith = (port: number, more: object = {}) => {
  const exchange = openCaptureExchange(
    captureSchema.parse({ url: `http://127.0.0.1:${port}/epcis/`, ...more }),
  );
  cleanups.push(() => exchange.close());
  return exchange;
};
const document = JSON.stringify({ epcisBody: { eventList: [{ eventID: "urn:a:b" }] } });

describe("HTTP to an EPCIS repository", () => {
  it("says its versions and its token, and finds jobs below the repository's own path", async () => {
    const folder = mkdtempSync(join(tmpdir(), "capture-"));
    cleanups.push(() => rmSync(folder, { recursive: true }));
    const tokenFile = join(folder, "token");
    writeFileSync(tokenFile, "first\n");
    const repository = new SimulatedRepository({ eventsMax: 7, jobLooks: 0 });
    const loopback = await LoopbackRepository.open(repository, "/epcis");
    cleanups.push(() => loopback.close());
    const exchange = exchangeWith(loopback.port, { tokenFile, errorBehaviour: "rollback" });

    const limits = await exchange.request({ method: "OPTIONS", path: "/capture" });
    expect(limits).toMatchObject({ status: 204, headers: { "gs1-epcis-capture-limit": "7" } });
    writeFileSync(tokenFile, "second\n");
    const taken = await exchange.request({ method: "POST", path: "/capture", body: document });
    expect(taken.status).toBe(202);
    const job = await exchange.request({ method: "GET", path: String(taken.headers["location"]) });
    expect(JSON.parse(job.body)).toMatchObject({ running: false, success: true });
    const event = await exchange.request({ method: "GET", path: `/events/${encodeURIComponent("urn:a:b")}` });
    expect(event.status).toBe(200);

    expect(loopback.headers.map(({ authorization }) => authorization)).toEqual([
      "Bearer first",
      ...Array.from({ length: 3 }, () => "Bearer second"),
    ]);
    expect(loopback.headers[1]).toMatchObject({
      "gs1-epcis-version": "2.0.0",
      "gs1-cbv-version": "2.0.0",
      "gs1-capture-error-behaviour": "rollback",
      "gs1-extensions": "storewire=urn:x-storewire:epcis:",
      "content-type": "application/ld+json",
    });
  });

  it("rejects where nobody answers, where the answer never ends, and when it is closed", async () => {
    const loopback = await LoopbackRepository.open(new SimulatedRepository());
    const { port } = loopback;
    await loopback.close();
    await expect(exchangeWith(port).request({ method: "GET", path: "/x" })).rejects.toThrow("ECONNREFUSED");

    const endless = createServer((_, response) => {
      const more = (): void => {
        if (!response.destroyed) response.write(Buffer.alloc(65_536), more);
      };
      more();
    });
    await new Promise<void>((resolve) => endless.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => {
      endless.closeAllConnections();
      endless.close();
    });
    const toEndless = exchangeWith((endless.address() as AddressInfo).port);
    await expect(toEndless.request({ method: "GET", path: "/x" })).rejects.toThrow("more than 1048576 bytes");

    const silent = createServer(() => {});
    await new Promise<void>((resolve) => silent.listen(0, "127.0.0.1", resolve));
    cleanups.push(() => {
      silent.closeAllConnections();
      silent.close();
    });
    const toSilent = exchangeWith((silent.address() as AddressInfo).port);
    const asked = toSilent.request({ method: "GET", path: "/x" });
    toSilent.close();
    await expect(asked).rejects.toThrow();
  });

  it("rejects where a secret cannot be read, in words that name the file", async () => {
    const exchange = exchangeWith(9, { tokenFile: "/nowhere/token" });
    await expect(exchange.request({ method: "GET", path: "/x" })).rejects.toThrow("/nowhere/token");
  });
});
