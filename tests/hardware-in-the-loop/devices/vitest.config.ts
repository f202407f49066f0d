import { defineConfig } from "vitest/config";

/** For the guest: an emulated processor takes fifteen times as long, and there is one of each device. */
export default defineConfig({
  test: {
    include: ["tests/hardware-in-the-loop/devices/guest-*.ts"],
    pool: "forks",
    maxWorkers: 1,
    isolate: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
