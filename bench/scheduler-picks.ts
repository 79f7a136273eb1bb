import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { schedulers } from "@kubenetsim/schedulers/schedulers";
import { type Measure, quantile, type Result } from "./harness.ts";
import { growthSlope, medians } from "./rounds.ts";

/** Servers. */
const sizes: readonly number[] = [10, 100, 1000, 10_000];
const rounds = 15;

/** Those that look at every server for one pick, as the real ones do. */
const scanning: ReadonlySet<string> = new Set([
  ...["lc", "wlc", "sed", "nq", "lblc", "lblcr", "fo", "ovf"],
  ...["nginx/round_robin", "nginx/least_conn", "nginx/ip_hash", "nginx/hash"],
]);

/** Those that search by halves: a ring of points, ranges of weights, a list of keys. */
const searching: ReadonlySet<string> = new Set([
  ...["nginx/hash_consistent", "nginx/random", "nginx/random_two"],
  ...["ingress-nginx/chash", "ingress-nginx/chashsubset"],
  ...["ingress-nginx/sticky_balanced", "ingress-nginx/sticky_persistent"],
]);

/** The slope that is allowed; all others must cost the same for any number of servers. */
function growth(name: string): { readonly must: number; readonly aim: number } {
  if (scanning.has(name)) return { must: 1.15, aim: 1 };
  return searching.has(name) ? { must: 0.3, aim: 0.15 } : { must: 0.15, aim: 0.1 };
}

const child = fileURLToPath(new URL("./scheduler-child.js", import.meta.url));

/** Rounds of nanoseconds by one process that knows this scheduler alone. */
function roundsOf(kind: string, name: string, of: readonly number[]): readonly (readonly number[])[] {
  const words = [child, kind, name, of.join(), String(rounds)];
  return JSON.parse(execFileSync(process.execPath, words, { encoding: "utf8" })) as number[][];
}

function measureSlope(measure: Measure, kind: string, name: string): Result {
  const costs = roundsOf(kind, name, sizes);
  const slopes = costs.map((round) => growthSlope(sizes, round));
  const typical = medians(costs);
  return {
    id: measure.id,
    name: measure.name,
    unit: "ns 10k, 10",
    candidate: typical[sizes.length - 1]!,
    reference: typical[0]!,
    ...quartiles(slopes),
    must: measure.must,
    aim: measure.aim,
    mustHolds: quantile(slopes, 0.5) <= measure.must,
    details: sizes.map((size, i) => `${size} servers: ${perSecond(typical[i]!)}/s`).join(", "),
  };
}

function perSecond(ns: number): string {
  const rate = 1e9 / ns;
  if (rate >= 1e6) return `${(rate / 1e6).toPrecision(3)} M`;
  return rate >= 1000 ? `${(rate / 1000).toPrecision(3)} k` : rate.toPrecision(3);
}

function quartiles(values: readonly number[]): { readonly ratio: number; readonly q1: number; readonly q3: number } {
  return { ratio: quantile(values, 0.5), q1: quantile(values, 0.25), q3: quantile(values, 0.75) };
}

/** `rr.choose` and the index loop take turns, in three processes: where the engine puts its code differs from one to the next. */
function measureAgainstIndex(measure: Measure, kind: "loop" | "met", size: number): Result {
  const { id, name, must, aim } = measure;
  const costs = Array.from({ length: 3 }, () => roundsOf(kind, "rr", [size])).flat();
  const ratios = quartiles(costs.map(([choose, index]) => choose! / index!));
  const [candidate, reference] = medians(costs);
  const fields = { id, name, unit: "ns a pick", candidate: candidate!, reference: reference!, must, aim };
  return { ...fields, ...ratios, mustHolds: ratios.ratio <= must };
}

/** Picks per second of every scheduler; what taking turns costs beside a loop over an array's indexes. */
export const schedulerMeasures: readonly Measure[] = [
  ...sizes.map((size) => ({
    id: `rr-${size}`,
    name: `rr.choose with ${size} servers against a loop that reads one field of the server at the next index, 0 after the last`,
    must: 2,
    aim: 1.5,
    run: (self: Measure) => measureAgainstIndex(self, "loop", size),
  })),
  {
    id: "rr-met-100",
    name: "the same with 100 servers where six other schedulers went through the same call before",
    must: 20,
    aim: 10,
    run: (self: Measure) => measureAgainstIndex(self, "met", 100),
  },
  ...Object.keys(schedulers).map((name) => ({
    id: `s-${name}`,
    name: `slope: a pick of ${name} at 10 to 10,000 servers`,
    ...growth(name),
    run: (self: Measure) => measureSlope(self, "picks", name),
  })),
  ...["lblc", "lblcr"].flatMap((name) => [
    {
      id: `s-${name}-miss`,
      name: `slope: a pick of ${name} for a new destination at 10 to 10,000 servers`,
      ...growth(name),
      run: (self: Measure) => measureSlope(self, "misses", name),
    },
    {
      id: `s-${name}-relief`,
      name: `slope: a pick of ${name} that looks for relief and finds none at 10 to 10,000 servers`,
      ...growth(name),
      run: (self: Measure) => measureSlope(self, "relief", name),
    },
  ]),
];

/** Connections per second that IPVS opens with each of its schedulers, all of which have been in use. */
export const directorMeasures: readonly Measure[] = Object.keys(ipvsSchedulers).map((name) => ({
  id: `o-${name}`,
  name: `slope: IPVS opens a connection, ${name} at 10 to 10,000 real servers`,
  ...growth(name),
  run: (self) => measureSlope(self, "opens", name),
}));
