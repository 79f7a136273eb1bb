import { zeroCost } from "@kubenetsim/core/trace/cost";
import type { CostConstant, CostConstantName } from "@kubenetsim/network/cost/constants";
import { estimate } from "@kubenetsim/network/cost/estimate";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { backends } from "./backends.ts";
import { type Fitted, fitLevel, fitSlope, type Line, lineThrough, type Sample } from "./fit.ts";
import type { RunResult, Target } from "./run.ts";

/** The constants that came out, and why others did not. */
export type Derived = Pick<CostModel, "constants" | "lacks">;

/** Above so many Services what both packets pay outweighs the little by which they differ. */
const fewServices = 100;

/** Rules passed that draw a number, on average over E endpoints: k for endpoint k, but the last one's rule draws none. */
export function meanDraws(endpoints: number): number {
  return ((endpoints - 1) * (endpoints + 2)) / (2 * endpoints);
}

export function iptablesConstants(results: readonly RunResult[]): Derived {
  const slopes = derived({
    iptablesRule: fitSlope(
      overServices(results).map((run) => sample(run, "last", "first", rulesBetween(run, "last", "first"))),
    ),
    statisticRule: fitSlope(
      overEndpoints(results).map((run) => sample(run, "first", "none", meanDraws(run.endpoints))),
    ),
  });
  return joined(slopes, derived({ iptablesNat: fitLevel(translations(results, slopes.constants)) }));
}

export function nftConstants(results: readonly RunResult[]): Derived {
  return derived({ nftNat: fitLevel(overServices(results).map((run) => sample(run, "first", "none", 1))) });
}

/** @param iptables constants of what wrote the iptables rules that ipvs mode has, too */
export function ipvsConstants(results: readonly RunResult[], iptables: CostModel["constants"]): Derived {
  const slopes = derived({
    ipvsBucketEntry: fitSlope(
      overServices(results).map((run) => {
        const { first, last } = run.counts;
        return sample(run, "first", "last", first.bucketEntriesCompared - last.bucketEntriesCompared);
      }),
    ),
    ipvsServer: fitSlope(
      overEndpoints(results)
        .filter(({ scheduler }) => scheduler !== "rr")
        .map((run) => sample(run, "first", "none", run.counts.first.serversExamined)),
    ),
  });
  const known = { ...iptables, ...slopes.constants };
  return joined(slopes, derived({ ipvsNat: fitLevel(translations(overServices(results), known)) }));
}

/** How a mode grows that has no constant for it: nanoseconds a Service, and an endpoint (of IPVS: with rr). */
export function growth(results: readonly RunResult[]): Readonly<Record<"service" | "endpoint", Line>> {
  const taken = results.filter(({ scheduler }) => scheduler === "rr");
  return {
    service: lineThrough(overServices(taken).map((run) => sample(run, "last", "first", run.services))),
    endpoint: lineThrough(overEndpoints(taken).map((run) => sample(run, "first", "none", run.endpoints))),
  };
}

/** Of one endpoint each. */
function overServices(results: readonly RunResult[]): readonly RunResult[] {
  return results.filter(({ endpoints }) => endpoints === 1);
}

function overEndpoints(results: readonly RunResult[]): readonly RunResult[] {
  return results.filter(({ services }) => services === 1);
}

function rulesBetween({ counts }: RunResult, packet: Target, other: Target): number {
  return counts[packet].rulesCompared - counts[other].rulesCompared;
}

function sample({ batches }: RunResult, packet: Target, other: Target, units: number): Sample {
  return {
    units,
    differencesNs: batches[packet].map((ns, at) => ns - batches[other][at]!),
    fastestNs: Math.min(...batches[packet]) - Math.min(...batches[other]),
  };
}

/**
 * A packet to the last Service above one to none, less what the model charges for the rest of what differs between them: few rules,
 * for both pass all of KUBE-SERVICES.
 */
function translations(results: readonly RunResult[], constants: CostModel["constants"]): Sample[] {
  return overServices(results)
    .filter(({ services }) => services <= fewServices)
    .map((run) => {
      const charged = chargedFor(run, "last", constants) - chargedFor(run, "none", constants);
      const { differencesNs, fastestNs } = sample(run, "last", "none", 1);
      return {
        units: 1,
        differencesNs: differencesNs.map((ns) => ns - charged),
        fastestNs: fastestNs - charged,
      };
    });
}

function chargedFor({ backend, counts }: RunResult, target: Target, constants: CostModel["constants"]): number {
  const { mode } = backends[backend];
  const nameless = { name: "", kernel: "", date: "", machine: "", method: "", source: "", constants, lacks: {} };
  const { terms } = estimate({ ...zeroCost, ...counts[target] }, mode, nameless);
  return terms.reduce((ns, { count, constant }) => ns + count * constant.ns, 0);
}

function derived(fits: Readonly<Partial<Record<CostConstantName, Fitted>>>): Derived {
  const constants: Partial<Record<CostConstantName, CostConstant>> = {};
  const lacks: Partial<Record<CostConstantName, string>> = {};
  for (const [name, fit] of Object.entries(fits) as [CostConstantName, Fitted][]) {
    if ("lacks" in fit) lacks[name] = fit.lacks;
    else constants[name] = fit;
  }
  return { constants, lacks };
}

export function joined(...all: readonly Derived[]): Derived {
  return {
    constants: Object.assign({}, ...all.map(({ constants }) => constants)),
    lacks: Object.assign({}, ...all.map(({ lacks }) => lacks)),
  };
}
