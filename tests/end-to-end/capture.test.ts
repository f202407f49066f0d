import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { type GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { SimulatedRepository } from "../../simulators/network/simulated-repository.ts";
import { entriesOf, idsOf, returned } from "../gateway/capture/capture-bench.ts";
import { LoopbackRepository } from "../loopback-repository.ts";
import { siteConfiguration } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { StrictRepository } from "../strict-repository.ts";
import { waitUntil } from "../wait-until.ts";

const testMs = 120_000;
const events = 200;
const root = mkdtempSync(join(tmpdir(), "capture-"));
let folder = root;
beforeEach(() => {
  folder = mkdtempSync(join(root, "site-"));
});
afterAll(() => rmSync(root, { recursive: true }));

async function onOutbox<Value>(use: (outbox: GroupedOutbox) => Promise<Value>): Promise<Value> {
  const { outbox } = await openSqliteOutbox({ path: join(folder, "gateway.db"), clock: systemClock() });
  try {
    return await use(outbox);
  } finally {
    await outbox.close();
  }
}

/** Return events that lie in the outbox when the gateway starts. */
async function commitReturned(numbers: readonly number[]): Promise<void> {
  const drafts = numbers.map((number) => returned(number).draft);
  await onOutbox((outbox) => outbox.commit({ entries: entriesOf(outbox, drafts) }));
}

/** A site whose MQTT broker is not there, and whose EPCIS repository is. */
function writeCaptureSite(port: number, path = ""): string {
  const configuration = siteConfiguration({ directory: folder, headquartersUrl: "mqtt://127.0.0.1:9" });
  const file = join(folder, "storewire.yaml");
  const capture = { url: `http://127.0.0.1:${port}${path}`, eventsMax: 5 };
  writeFileSync(file, JSON.stringify({ ...configuration, hq: { ...configuration.hq, capture } }));
  return file;
}

describe("return events on their way into an EPCIS repository", () => {
  it(
    "arrive once each, although the gateway is killed again and again and the repository goes away",
    async () => {
      const numbers = Array.from({ length: events }, (_, index) => index + 1);
      await commitReturned(numbers);
      const repository = new SimulatedRepository({ jobLooks: 0, errorBehaviour: "rollback" });
      let loopback = await LoopbackRepository.open(repository);
      const { port } = loopback;
      const file = writeCaptureSite(port);
      for (let kill = 1; kill <= 4; kill += 1) {
        const gateway = new StorewireProcess(["gateway", "-c", file]);
        const before = repository.events.length;
        await waitUntil("some more have arrived", () => repository.events.length > before + 7 * kill, testMs);
        if (kill === 2) {
          await loopback.close();
          loopback = await LoopbackRepository.open(repository, "", port);
        }
        await gateway.kill("SIGKILL");
      }
      expect(repository.events.length).toBeLessThan(events);
      const last = new StorewireProcess(["gateway", "-c", file]);
      await waitUntil("all have arrived", () => repository.events.length === events, testMs);
      expect(await last.kill("SIGTERM")).toBe(0);
      await loopback.close();
      expect(repository.events.toSorted()).toEqual(idsOf(...numbers).toSorted());
      const [kept, position] = await onOutbox((outbox) =>
        Promise.resolve([outbox.keptAfter("evt"), outbox.position("evt")] as const),
      );
      // HQ has confirmed nothing; behind what the repository has are the starts of the gateway alone.
      expect(kept).toBeGreaterThanOrEqual(events - 5);
      expect(position.settled).toBe(0);
    },
    testMs,
  );

  it.each(["POST", "GET"])(
    "are there once each after a SIGKILL between the answer to a %s and the note of it",
    async (method) => {
      const numbers = Array.from({ length: 20 }, (_, index) => index + 1);
      await commitReturned(numbers);
      const repository = new SimulatedRepository({ jobLooks: 0, errorBehaviour: "rollback" });
      let gateway: StorewireProcess | undefined;
      let kills = 0;
      const strict = await StrictRepository.open({
        repository,
        // The third of each: some pieces are noted by then. What was asked is done, and nobody lives to hear of it.
        async onDone(request) {
          const count = strict.asked.filter((asked) => asked.startsWith(method)).length;
          if (request.method !== method || count !== 3 || kills > 0) return;
          kills += 1;
          await gateway?.kill("SIGKILL");
        },
      });
      const file = writeCaptureSite(strict.port, "/epcis");
      gateway = new StorewireProcess(["gateway", "-c", file]);
      await waitUntil("it is killed", () => kills === 1 && gateway?.running === false, testMs);
      const before = repository.events.length;
      expect(before).toBe(15);
      expect(await onOutbox((outbox) => Promise.resolve(outbox.keptAfter("evt")))).toBeLessThan(before);
      const again = new StorewireProcess(["gateway", "-c", file]);
      await waitUntil("all have arrived", () => repository.events.length >= 20, testMs);
      await waitUntil("it has noted it", () => strict.asked.at(-1)?.startsWith("GET") === true, testMs);
      expect(await again.kill("SIGTERM")).toBe(0);
      await strict.close();
      expect(repository.events).toEqual(idsOf(...numbers));
      expect(strict.complaints).toEqual([]);
      // The piece that nobody noted came again, and was known.
      const posted = repository.documents.flatMap((text) => idsIn(text));
      expect(posted.length).toBeGreaterThan(20);
    },
    testMs,
  );
});

const idsIn = (document: string): string[] =>
  (JSON.parse(document) as { epcisBody: { eventList: { eventID: string }[] } }).epcisBody.eventList.map(
    ({ eventID }) => eventID,
  );
