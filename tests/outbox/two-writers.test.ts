import { rm } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { openSqliteOutbox } from "../../outbox/sqlite-outbox.ts";
import { ManualClock } from "../../simulators/manual-clock.ts";
import { entry } from "./contract.ts";
import { temporaryFolder } from "./sqlite-bench.ts";

it("refuses a second writer of one file, which would take the numbers of the first", {
  timeout: 20_000,
}, async () => {
  const folder = await temporaryFolder();
  const options = { path: join(folder, "outbox.db"), clock: new ManualClock() };
  const { outbox } = await openSqliteOutbox(options);
  await outbox.commit({ entries: [entry("tel", "one")] });
  const second = openSqliteOutbox(options).then(async (opened) => {
    await opened.outbox.commit({ entries: [entry("tel", "of the second")] });
    await opened.outbox.close();
  });
  await expect(second).rejects.toMatchObject({
    code: "disk-failed",
    message: expect.stringContaining(`${options.path} is held by another process`),
  });
  await outbox.commit({ entries: [entry("tel", "two")] });
  await outbox.close();
  const after = await openSqliteOutbox(options);
  expect(after.outbox.position("tel").last).toBe(2);
  await after.outbox.close();
  await rm(folder, { recursive: true });
});
