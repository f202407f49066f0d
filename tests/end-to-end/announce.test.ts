import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openReader } from "../../outbox/database.ts";
import { answerOf } from "../cli/command-answer.ts";
import { realBrokerThere } from "../real-broker.ts";
import { writeSite } from "../site.ts";
import { deadlineMs, RunningSite } from "./running-site.ts";

const testMs = 2 * deadlineMs;
const [first, second] = ["095211411234567892", "095211411234567908"];

describe.skipIf(!realBrokerThere("storewire hq announce and a gateway as real processes"))(
  "storewire hq announce",
  () => {
    let site: RunningSite;
    beforeAll(async () => {
      site = await RunningSite.open();
    }, testMs);
    afterAll(() => site.close());

    const announce = (...words: string[]) =>
      answerOf(["hq", "announce", "--url", site.broker.url, "--to", "store-0042/gw1", ...words]);

    it(
      "says so when nobody answers, and when all of it is on the gateway's disk, over a kill",
      async () => {
        const nobody = await announce("--parcel", `${first}=12.5`, "--wait", "1");
        expect(nobody.stderr).toContain("has 0 of 1 parcels on disk; 1 not answered for");
        expect(nobody.exitCode).toBe(69);
        const config = writeSite({ directory: site.directory, headquartersUrl: site.broker.url });
        const gateway = site.start("gateway", "--config", config);
        const file = join(site.directory, "parcels.csv");
        writeFileSync(file, `\uFEFFsscc;kg\r\n${first};12.5\r\n"${second}";"0.75"\r\n\r\n`);
        const all = await announce("--file", file, "--wait", String(deadlineMs / 1_000));
        expect(all.stderr).toContain("store-0042/gw1 has 2 of 2 parcels on disk");
        expect(all.exitCode).toBe(0);
        await gateway.kill();
        expect(await announcedOnDisk(join(site.directory, "gateway.db"))).toEqual([
          [`announced/${first}`, "12.5"],
          [`announced/${second}`, "0.75"],
        ]);
      },
      testMs,
    );

    it.each([
      [["--parcel", `${first}=12.5`, `${first.slice(1)}=1`], /an SSCC has 18 digits/],
      [["--parcel", "095211411234567893=12.5"], /the check digit of 095211411234567893 is wrong/],
      [["--parcel", `${first}=12.5`, `${first}=13`], /is named twice, 12.5 and 13 kg/],
      [["--parcel", `${first}=0`], /a parcel weighs something/],
      [["--file", "/no/such/file"], /cannot be read/],
      [[], /no parcel is named/],
    ])("refuses %j before it asks anybody", async (words, reason) => {
      const { exitCode, stderr } = await announce(...words);
      expect(stderr).toMatch(reason);
      expect(exitCode).toBe(64);
    });
  },
);

async function announcedOnDisk(path: string): Promise<(readonly [string, string])[]> {
  const reader = await openReader(path);
  try {
    const rows = await reader.all<{ key: string; value: string }>(
      "SELECT key, value FROM document WHERE collection = 'weighing' ORDER BY key",
    );
    return rows.map(({ key, value }) => [key, (JSON.parse(value) as { kilograms: string }).kilograms]);
  } finally {
    await reader.close();
  }
}
