import { defineConfig } from "vitest/config";

// Tests read the sources, so that no test ever runs against a stale build.
const conditions = ["@kubenetsim/source"];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ["packages/*/src/**/*.test.ts", "test/**/*.test.ts"],
    testTimeout: 60_000,
  },
});
