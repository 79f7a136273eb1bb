import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

// Tests read the sources, so that no test ever runs against a stale build.
const conditions = ["@kubenetsim/source"];

export default defineConfig({
  resolve: {
    conditions,
    // Threads load modules by themselves, without these conditions: what is built.
    alias: [
      {
        find: /^\.\/cell-job-module\.ts$/,
        replacement: fileURLToPath(new URL("packages/kubenetsim/dist/experiment/cell-job-module.js", import.meta.url)),
      },
    ],
  },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    setupFiles: process.env.KUBENETSIM_CAMPAIGN_SEED === undefined ? [] : ["test/campaign/seeded.ts"],
    testTimeout: 60_000,
  },
});
