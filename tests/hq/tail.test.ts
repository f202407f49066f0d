import { describe, expect, it } from "vitest";
import { startTail } from "../../hq/tail.ts";
import { uplinkTopics } from "../../protocols/topics.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";
import { gateway, sampleBatch, sampleEvent } from "./samples.ts";

async function tailOf(form: "lines" | "json", payloads: readonly string[]): Promise<[string[], string[]]> {
  const broker = new SimulatedBroker();
  const lines: string[] = [];
  const refused: string[] = [];
  await startTail({
    link: broker.connect(),
    form,
    write: (line) => lines.push(line),
    onRefused: (reason) => refused.push(reason),
  });
  const sender = broker.connect();
  for (const payload of payloads) await sender.publish(uplinkTopics.batch(gateway, "queue"), payload);
  return [lines, refused];
}

describe("tail", () => {
  it("prints each event once, from wherever it begins", async () => {
    const [lines] = await tailOf("lines", [
      sampleBatch([500, 501]),
      sampleBatch([501, 502]),
      sampleBatch([7]),
    ]);
    expect(lines).toEqual(
      [500, 501, 502, 7].map(
        (sequence) =>
          `2026-01-05T08:00:00.000Z   store-1/gw1 evt #${sequence}  queue.length  counter` +
          `  service=returns  priorityClass=regular  waiting=${sequence % 7}`,
      ),
    );
  });

  it("prints the event's own text as one line of JSON", async () => {
    const [lines] = await tailOf("json", [JSON.stringify([sampleEvent(1)], null, 2)]);
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain("\n");
    expect(JSON.parse(lines[0] ?? "")).toEqual(sampleEvent(1));
  });

  it("lets nothing through that would act on a terminal, and says what it refused", async () => {
    const [lines, refused] = await tailOf("lines", [
      sampleBatch([1], { data: { code: "\u001b[2Jgone" }, fields: { clock: "estimated" } }),
      "[{",
    ]);
    expect(lines).toEqual([
      "2026-01-05T08:00:00.000Z~  store-1/gw1 evt #1  queue.length  counter  code=\u{FFFD}[2Jgone",
    ]);
    expect(refused).toEqual(["storewire/v1/store-1/gw1/evt/queue: malformed (neither UTF-8 nor JSON)"]);
  });
});
