/** Writes docs/coverage-of-upstream.md: `npm run coverage-of-upstream`. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { root } from "../tidy/source-files.ts";
import { coveragePage, openTests, readCoverage, strayNames } from "./coverage.ts";
import { readUpstreamTests, refreshUpstreamTests } from "./upstream-tests.ts";

const isFresh = refreshUpstreamTests();
const tests = readUpstreamTests();
const coverage = readCoverage();
writeFileSync(join(root, "docs/coverage-of-upstream.md"), coveragePage(tests, coverage));
console.log(isFresh ? "read upstream's tests from its source" : "took upstream's tests from the list kept here");
for (const test of openTests(tests, coverage)) console.log(`neither covered nor named: ${test}`);
for (const test of strayNames(tests, coverage)) console.log(`named in vain: ${test}`);
