import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { systemClock } from "../../cli/system.ts";
import { type GroupedOutbox } from "../../outbox/grouped-outbox.ts";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { SimulatedRepository } from "../../simulators/network/simulated-repository.ts";
import { entriesOf, idsOf, returned } from "../gateway/capture/capture-bench.ts";
import { LoopbackRepository } from "../loopback-repository.ts";
import { siteConfiguration } from "../site.ts";
import { StorewireProcess } from "../storewire-process.ts";
import { waitUntil } from "../wait-until.ts";

const testMs = 120_000;
const events = 200;
const folder = mkdtempSync(join(tmpdir(), "capture-"));
afterAll(() => rmSync(folder, { recursive: true }));

async function onOutbox<Value>(use: (outbox: GroupedOutbox) => Promise<Value>): Promise<Value> {
  const { outbox } = await openSqliteOutbox({ path: join(folder, "gateway.db"), clock: systemClock() });
  try {
    return await use(outbox);
  } finally {
    await outbox.close();
  }
}

/** A site whose MQTT broker is not there, and whose EPCIS repository is. */
function writeCaptureSite(port: number): string {
  const configuration = siteConfiguration({ directory: folder, headquartersUrl: "mqtt://127.0.0.1:9" });
  const file = join(folder, "storewire.yaml");
  const capture = { url: `http://127.0.0.1:${port}`, eventsMax: 5 };
  writeFileSync(file, JSON.stringify({ ...configuration, hq: { ...configuration.hq, capture } }));
  return file;
}

describe("return events on their way into an EPCIS repository", () => {
  it(
    "arrive once each, although the gateway is killed again and again and the repository goes away",
    async () => {
      const numbers = Array.from({ length: events }, (_, index) => index + 1);
      await onOutbox((outbox) =>
        outbox.commit({
          entries: entriesOf(
            outbox,
            numbers.map((number) => returned(number).draft),
          ),
        }),
      );
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
});
