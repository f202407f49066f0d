import { expect, it } from "vitest";
import { WatermarkPublisher } from "../../hq/watermark-publisher.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { SimulatedBroker } from "../../simulators/network/simulated-broker.ts";

const name = { site: "store-1", gateway: "gw1" };
const topic = "storewire/v1/store-1/gw1/ack";

it("tells the first change at once, and what changes within a beat as one at its end", async () => {
  const clock = new ManualClock();
  const broker = new SimulatedBroker();
  let sequence = 0;
  const publisher = new WatermarkPublisher({
    link: broker.connect(),
    clock,
    everyMs: 200,
    watermarkOf: () => ({ name, watermark: { epoch: "e", sequence: String(sequence), telemetry: "0" } }),
  });
  const told = (): unknown => JSON.parse(broker.retained(topic) ?? "{}").sequence;
  for (sequence = 1; sequence <= 5; sequence += 1) {
    publisher.publish(["key"]);
    await clock.turn(20);
    expect(told()).toBe("1");
  }
  sequence = 5;
  await clock.turn(100);
  expect(told()).toBe("5");
  expect(publisher.published).toBe(2);
});

it("says nothing where nothing has moved, and what could not be said once the link is back", async () => {
  const clock = new ManualClock();
  const broker = new SimulatedBroker();
  const link = broker.connect();
  const watermark = { epoch: "e", sequence: "7", telemetry: "0" };
  const publisher = new WatermarkPublisher({
    link,
    clock,
    everyMs: 200,
    watermarkOf: () => ({ name, watermark }),
  });
  publisher.publish([]);
  link.cut("test");
  publisher.publish(["key"]);
  await clock.turn(1_000);
  expect(broker.retained(topic)).toBeUndefined();
  link.restore();
  publisher.publish(["key"]);
  await clock.turn(0);
  expect(JSON.parse(broker.retained(topic) ?? "{}")).toEqual(watermark);
});
