import { readFileSync } from "node:fs";
import { join } from "node:path";
import { printHttpAnswer } from "@kubenetsim/proxy/healthcheck/http-answer";
import { serviceHealthAnswer, serviceHealths } from "@kubenetsim/proxy/healthcheck/service-health";
import { firstDifference } from "../first-difference.ts";
import type { Scenario } from "./scenario.ts";
import { configOf, type Variant } from "./variant.ts";
import { snapshotOf } from "./written-by-proxy.ts";

/** `default/web on node1 port 32100`, and the answer below it. */
const heading = /^(\S+) on (\S+) port (\d+)$/;

/** Holds all recorded answers of health check node ports of a variant against what is computed. */
export function healthDifference(scenario: Scenario, variant: Variant): string | undefined {
  const expected = readFileSync(join(variant.folder, "healthcheck.txt"), "utf8").trimEnd().split("\n");
  const actual = expected
    .flatMap((line) => {
      const found = heading.exec(line);
      return found === null ? [] : [line, answerOf(scenario, variant, found[2]!, Number(found[3]))];
    })
    .join("\n");
  return firstDifference(expected, actual.split("\n"));
}

function answerOf(scenario: Scenario, variant: Variant, node: string, port: number): string {
  const snapshot = snapshotOf(scenario, node, configOf(variant, node), "IPv4");
  const health = serviceHealths(snapshot).find((one) => one.port === port);
  return health === undefined ? "nobody answers" : printHttpAnswer(serviceHealthAnswer(health), "DATE");
}
