import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["tests/**/*.test.ts"],
    reporters: ["default", "./tests/closing-line-reporter.ts"],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    unstubEnvs: true,
  },
});
