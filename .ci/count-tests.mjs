// Counts the tests that passed and failed into one line, which .ci/run prints last.
import { readFileSync, writeFileSync } from "node:fs";

const { numPassedTests, numFailedTests, numTotalTests, success, testResults } = JSON.parse(
  readFileSync(process.argv[2], "utf8"),
);
// A file that could not even be loaded has no tests to fail.
const broken = testResults.filter((file) => file.status === "failed" && file.assertionResults.length === 0);
const failed = numFailedTests + broken.length;
const skipped = numTotalTests - numPassedTests - numFailedTests;
const line = `${numPassedTests} passed, ${failed} failed`;
for (const file of broken) console.log(`could not be loaded: ${file.name}`);
if (skipped > 0) console.log(`${skipped} skipped`);
writeFileSync("build/test-counts.txt", `${line}\n`);
process.exitCode = success && failed === 0 ? 0 : 1;
