import { expect, test } from "vitest";
import type { DeviceCommand } from "../../protocols/commands.ts";
import { pressed, readingsOf } from "./store.ts";
import { startStore } from "./store-gateway.ts";

const press = { device: "kiosk1", readPoint: "kiosk", observation: pressed("returns") };

test("a command is not handed out while the commit that orders it is on its way: it was printed, and then ordered anew", async () => {
  const taken: string[] = [];
  const commandTarget = { take: ({ id }: DeviceCommand) => void taken.push(id) };
  const { gateway, outbox, clock } = await startStore({ options: { commandTarget } });
  const reading = readingsOf();
  await gateway.sink.accept([reading(press)]);
  const [first] = taken;
  expect(taken).toEqual([first]);
  outbox.hold();
  const accepted = gateway.sink.accept([reading(press)]);
  await clock.turn(6_000);
  expect(taken).toEqual([first]);
  outbox.release();
  await accepted;
  expect(taken).toHaveLength(2);
  await clock.turn(6_000);
  expect(new Set(taken).size).toBe(2);
  expect(taken).toHaveLength(4);
  await gateway.close();
});
