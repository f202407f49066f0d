import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { waitUntil } from "../wait-until.ts";
import { type GuestImage, root } from "./guest-image.ts";
import { GuestMachine } from "./guest-machine.ts";

/** An emulated processor on a machine that does much else: some minutes. */
const gameMsMax = 900_000;

export interface PlayedDevices {
  readonly kept: boolean;
  readonly passed: number;
  readonly failed: number;
}

/** Vitest's own report, as far as it is of interest. */
interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly success: boolean;
}

/** Runs the tests of `devices/` in the guest, where the kernel's own drivers carry the bytes. */
export async function playDevices(
  image: GuestImage,
  onLine: (line: string) => void,
  only: readonly string[] = [],
): Promise<PlayedDevices> {
  const config = "tests/hardware-in-the-loop/devices/vitest.config.ts";
  const vitest = `${process.execPath} node_modules/vitest/vitest.mjs run ${only.join(" ")} --config ${config}`;
  const guest = new GuestMachine({
    image,
    script: `mount -t configfs none /sys/kernel/config; cd ${root}
      CI=1 NO_COLOR=1 TERM=dumb ${vitest} --reporter=verbose --reporter=json --outputFile.json=/guest/out/report.json`,
    onLine,
  });
  try {
    await waitUntil("the tests in the guest are over", () => !guest.running, gameMsMax);
    const file = join(guest.out, "report.json");
    if (!existsSync(file)) throw new Error(`the guest left no report\n${guest.said()}`);
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    return { kept: report.success, passed: report.numPassedTests, failed: report.numFailedTests };
  } finally {
    guest.cut();
    await guest.off();
    guest.forget();
  }
}
