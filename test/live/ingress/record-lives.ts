/**
 * Records what the real controller makes of small random cases, for tests where it cannot run:
 *
 *     npm run build && node build/test/live/ingress/record-lives.js 200
 */
import { writeFileSync } from "node:fs";
import { randomIngressCase } from "@kubenetsim/testing/ingress/ingress-case";
import { type Facts, realFacts } from "./location-facts.ts";
import type { RealStep } from "./real-answer.ts";
import { askReal } from "./real-controller.ts";
import { livesText, recordedFile } from "./recorded-lives.ts";
import { realView } from "./step-view.ts";

const count = Number(process.argv[2] ?? 200);
const seeds = Array.from({ length: count }, (_, seed) => seed);
const cases = seeds.map((seed) => randomIngressCase(seed, { isSmall: true }));
const answers = await askReal(cases);
const usual = usualFacts(answers.flat());
const lives = seeds
  .map((seed) => ({ seed, case: cases[seed]!, steps: answers[seed]!.map((step) => realView(step, usual)) }))
  .filter(({ seed }) => answers[seed]!.every(({ problem }) => problem === undefined));
writeFileSync(recordedFile, livesText({ usual, lives }));

/** What more than half of all locations say. */
function usualFacts(steps: readonly RealStep[]): Facts {
  const all = steps.flatMap(({ servers = [] }) => servers.flatMap(({ locations }) => locations.map(realFacts)));
  const counts = new Map<string, Map<unknown, number>>();
  for (const facts of all) {
    for (const [name, value] of Object.entries(facts)) {
      const values = counts.get(name) ?? new Map<unknown, number>();
      counts.set(name, values.set(value, (values.get(value) ?? 0) + 1));
    }
  }
  const entries = [...counts].flatMap(([name, values]) =>
    [...values].filter(([, times]) => times * 2 > all.length).map(([value]) => [name, value]),
  );
  return Object.fromEntries(entries) as Facts;
}
