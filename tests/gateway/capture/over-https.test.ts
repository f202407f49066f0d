import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { openCaptureExchange } from "../../../cli/capture-exchange.ts";
import { systemClock } from "../../../cli/system.ts";
import { Capture } from "../../../gateway/capture/capture.ts";
import { openMemoryOutbox } from "../../../outbox/memory-outbox.ts";
import type { Clock } from "../../../protocols/clock.ts";
import { captureSchema } from "../../../protocols/config/capture.ts";
import type { EventDraft } from "../../../protocols/events.ts";
import { seededRandom } from "../../../protocols/random.ts";
import {
  type RepositoryOptions,
  SimulatedRepository,
} from "../../../simulators/network/simulated-repository.ts";
import { type CertificateFiles, makeAuthority, makeCertificate, opensslThere } from "../../certificates.ts";
import { type Mishap, type StrictOptions, StrictRepository } from "../../strict-repository.ts";
import { waitUntil } from "../../wait-until.ts";
import { silentLog } from "../store.ts";
import { entriesOf, idsOf, returned } from "./capture-bench.ts";

/** Waits of seconds and minutes are as many milliseconds here; a connection takes as long as it takes. */
const hurry = 1_000;
/** An answer that never ends is given up after so long; all others have the time that a busy machine needs. */
const endlessMs = 1_000;
const upTo = (count: number): number[] => Array.from({ length: count }, (_, index) => index + 1);

function hurriedClock(): Clock {
  const clock = systemClock();
  return {
    wallMs: () => clock.wallMs(),
    monotonicMs: () => clock.monotonicMs(),
    quality: () => "synced",
    after: (ms, task) => clock.after(ms / hurry, task),
  };
}

describe.skipIf(!opensslThere("an EPCIS repository behind HTTPS"))("the capture client over HTTPS", () => {
  const folder = mkdtempSync(join(tmpdir(), "capture-https-"));
  const tokenFile = join(folder, "token");
  let authority: CertificateFiles;
  let server: CertificateFiles;
  let gateway: CertificateFiles;
  const cleanups: (() => Promise<unknown> | void)[] = [];

  beforeAll(() => {
    authority = makeAuthority(folder, "authority");
    server = makeCertificate(folder, "server", authority);
    gateway = makeCertificate(folder, "gateway", authority);
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  afterEach(async () => {
    for (const cleanup of cleanups.splice(0)) await cleanup();
  });

  async function bench(
    options: RepositoryOptions = {},
    more: Partial<StrictOptions> = {},
    configured: object = { tokenFile },
    answerMs = 30_000,
  ) {
    writeFileSync(tokenFile, "first\n");
    const repository = new SimulatedRepository(options);
    const { eventsMax } = options;
    const tls = {
      cert: readFileSync(server.certFile),
      key: readFileSync(server.keyFile),
      ca: readFileSync(authority.certFile),
      requestCert: true,
    };
    const strict = await StrictRepository.open({ repository, tls, ...(eventsMax && { eventsMax }), ...more });
    const clock = hurriedClock();
    const outbox = await openMemoryOutbox({ clock });
    const told: EventDraft[] = [];
    const configuration = captureSchema.parse({
      url: strict.url,
      tls: { caFile: authority.certFile, ...gateway },
      ...configured,
    });
    const capture = new Capture({
      configuration,
      exchange: openCaptureExchange(configuration, answerMs),
      outbox,
      departure: ({ body }) => body,
      tell(drafts) {
        told.push(...drafts);
        return Promise.resolve();
      },
      clock,
      random: seededRandom(1),
      log: silentLog,
    });
    cleanups.push(
      () => capture.close(),
      () => strict.close(),
    );
    const commit = (...numbers: readonly number[]) =>
      outbox.commit({
        entries: entriesOf(
          outbox,
          numbers.map((number) => returned(number).draft),
        ),
      });
    const until = (count: number) =>
      waitUntil(`${count} events are there, ${repository.events.length} are`, () => {
        return repository.events.length >= count && outbox.keptAfter("evt") === outbox.position("evt").last;
      });
    return { repository, strict, capture, outbox, told, commit, until };
  }

  it("keeps to every rule of the REST binding, over one connection, in batches of the named size", async () => {
    const authorization = (): string => "Bearer first";
    const { repository, strict, capture, commit, until, told } = await bench(
      { eventsMax: 3, jobLooks: 2 },
      { authorization },
    );
    await commit(...upTo(10));
    capture.start();
    await until(10);
    expect(repository.events).toEqual(idsOf(...upTo(10)));
    expect(strict.complaints).toEqual([]);
    expect(strict.connections).toBe(1);
    expect(strict.asked.slice(0, 3)).toEqual([
      "OPTIONS /epcis/capture",
      "POST /epcis/capture",
      expect.stringMatching(/^GET \/epcis\/capture\/job-\d+$/),
    ]);
    expect(told).toEqual([]);
  });

  it("looks for what was refused, and sets that alone aside", async () => {
    const refused = new Set(idsOf(4));
    const { repository, strict, capture, commit, until, told } = await bench({ refused, jobLooks: 0 });
    await commit(...upTo(6));
    capture.start();
    await until(5);
    expect(repository.events.toSorted()).toEqual(idsOf(1, 2, 3, 5, 6).toSorted());
    expect(strict.complaints).toEqual([]);
    expect(strict.asked).toContain(`GET /epcis/events/${encodeURIComponent(String(idsOf(4)[0]))}`);
    expect(told.map(({ subject }) => subject)).toEqual(["capture-poison"]);
  });

  it("takes a token that is replaced while it runs", async () => {
    let token = "first";
    const { repository, capture, commit, until, told } = await bench(
      {},
      { authorization: () => `Bearer ${token}` },
    );
    await commit(1);
    capture.start();
    await until(1);
    token = "second";
    await commit(2);
    capture.stored();
    await waitUntil("HQ hears of it", () => told.length > 0);
    expect(told[0]).toMatchObject({
      subject: "capture-shut",
      data: { cause: expect.stringContaining("401") },
    });
    writeFileSync(tokenFile, "second\n");
    await until(2);
    expect(repository.events).toEqual(idsOf(1, 2));
    expect(told).toHaveLength(1);
  });

  it("names itself by whatever headers the repository wants", async () => {
    const keyFile = join(folder, "basic");
    writeFileSync(keyFile, "Basic c3RvcmU6d2lyZQ==\n");
    const { repository, capture, commit, until } = await bench(
      {},
      { authorization: () => "Basic c3RvcmU6d2lyZQ==" },
      { headerFiles: { Authorization: keyFile } },
    );
    await commit(1);
    capture.start();
    await until(1);
    expect(repository.events).toEqual(idsOf(1));
  });

  const mishaps: readonly Mishap[] = [
    "cut-at-its-head",
    "cut-within-its-body",
    "cut-before-its-answer",
    "cut-within-its-answer",
    "closed-after-its-answer",
    "dripping-answer",
    "endless-answer",
    { status: 429, headers: { "retry-after": "2" } },
    {
      status: 503,
      headers: { "retry-after": "Mon, 05 Jan 2026 09:00:10 GMT", date: "Mon, 05 Jan 2026 09:00:00 GMT" },
    },
    { status: 500, body: '{"type":"epcisException:ImplementationException","status":500}' },
    { status: 502, headers: { "content-type": "text/html" }, body: "<h1>Bad Gateway</h1>" },
    {
      status: 400,
      headers: { "content-type": "text/html" },
      body: "<h1>No required SSL certificate was sent</h1>",
    },
    { status: 200, headers: { "content-type": "text/html; charset=utf-8" }, body: "<h1>Log in</h1>" },
    { status: 301, headers: { location: "https://127.0.0.1:1/elsewhere" } },
    { status: 413 },
    { status: 202 },
    { status: 404 },
  ];

  it.each(mishaps)("has each event there once after %j, wherever it comes", async (mishap) => {
    // At each of the first requests in turn: limits, a document, its job, the next document.
    for (const place of upTo(5)) {
      const options = { eventsMax: 2, jobLooks: 1 };
      const patienceMs = mishap === "endless-answer" ? endlessMs : undefined;
      const { repository, strict, capture, commit, until } = await bench(options, {}, undefined, patienceMs);
      await commit(...upTo(6));
      strict.mishaps.push(...upTo(place - 1).map(() => undefined), mishap);
      capture.start();
      await until(6);
      expect(repository.events, `at request ${place}`).toEqual(idsOf(...upTo(6)));
      expect(strict.complaints).toEqual([]);
      await capture.close();
    }
  });

  it("tells once that it has been moved, and follows nobody", async () => {
    const { strict, capture, commit, told } = await bench();
    const moved: Mishap = { status: 308, headers: { location: "https://127.0.0.1:1/epcis/capture" } };
    strict.mishaps.push(...Array.from({ length: 50 }, () => moved));
    await commit(1);
    capture.start();
    await waitUntil("it has asked some times", () => strict.asked.length > 4);
    expect(told.map(({ subject }) => subject)).toEqual(["capture-shut"]);
    expect(told[0]?.data).toMatchObject({
      cause: expect.stringContaining("308: it has moved to https://127.0.0.1:1/"),
    });
  });
});
