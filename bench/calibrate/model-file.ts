import { execFileSync } from "node:child_process";
import { cpus, loadavg, release } from "node:os";
import type { CostConstantName } from "@kubenetsim/network/cost/constants";
import type { CostModel } from "@kubenetsim/network/cost/model";
import { version } from "kubenetsim/version";
import { type BackendName, backends } from "./backends.ts";
import { type Derived, iptablesConstants, ipvsConstants, joined, nftConstants } from "./derive-constants.ts";
import type { CalibrateOptions } from "./options.ts";
import type { RunResult } from "./run.ts";

/** All runs of a backend, or why there are none. */
export type Outcome = { readonly results: readonly RunResult[] } | { readonly skipped: string };
export type Outcomes = Readonly<Partial<Record<BackendName, Outcome>>>;

/** What a model says of the machine and the day. */
export interface Provenance {
  readonly release: string;
  readonly machine: string;
  readonly date: string;
  /** Of a backend's program, as it names itself. */
  readonly versionOf: (backend: BackendName) => string;
}

const ipvsNames = ["ipvsBucketEntry", "ipvsServer", "ipvsNat"] as const;
const iptablesNames = ["iptablesRule", "statisticRule", "iptablesNat"] as const;

/**
 * A model for each iptables that was measured, with nft's and IPVS's constants beside its own, as a node has them: its name says which.
 * Without any iptables one model has what there is.
 */
export function modelsOf(outcomes: Outcomes, options: CalibrateOptions, provenance: Provenance): readonly CostModel[] {
  const legacy = iptablesOf(outcomes, "iptables-legacy");
  const nft = of(outcomes, "nft", ["nftNat"], nftConstants);
  const ipvs = of(outcomes, "ipvs", ipvsNames, (results) => ipvsConstants(results, legacy.constants));
  const measured = (["iptables-legacy", "iptables-nft"] as const).filter((name) => hasResults(outcomes[name]));
  const kinds = measured.length === 0 ? (["iptables-nft"] as const) : measured;
  return kinds.flatMap((name) => {
    const { constants, lacks } = joined(iptablesOf(outcomes, name), nft, ipvs);
    if (Object.keys(constants).length === 0) return [];
    return [{ ...head(measured.length === 0 ? undefined : name, outcomes, options, provenance), constants, lacks }];
  });
}

function iptablesOf(outcomes: Outcomes, name: "iptables-legacy" | "iptables-nft"): Derived {
  return of(outcomes, name, iptablesNames, iptablesConstants);
}

function of(
  outcomes: Outcomes,
  name: BackendName,
  constants: readonly CostConstantName[],
  derive: (results: readonly RunResult[]) => Derived,
): Derived {
  const outcome = outcomes[name];
  if (hasResults(outcome)) return derive(outcome.results);
  const reason =
    outcome === undefined
      ? `${name.startsWith("iptables") ? "iptables" : name} was not asked for`
      : `${name} could not be measured: ${outcome.skipped}`;
  return { constants: {}, lacks: Object.fromEntries(constants.map((constant) => [constant, reason])) };
}

function hasResults(outcome: Outcome | undefined): outcome is { readonly results: readonly RunResult[] } {
  return outcome !== undefined && "results" in outcome && outcome.results.length > 0;
}

function head(
  iptables: BackendName | undefined,
  outcomes: Outcomes,
  { packets, batches, services, endpoints }: CalibrateOptions,
  { release: kernel, machine, date, versionOf }: Provenance,
): Omit<CostModel, "constants" | "lacks"> {
  const named = (["nft", "ipvs"] as const).filter((name) => hasResults(outcomes[name]));
  const programs = [...(iptables === undefined ? [] : [iptables]), ...named].map(versionOf);
  const clocks = Object.values(outcomes).flatMap((one) =>
    hasResults(one) ? one.results.map(({ clock }) => clock) : [],
  );
  const time = clocks.includes("elapsed") ? "elapsed time" : "CPU time of the sender";
  return {
    name: [
      "calibrated-linux",
      /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel,
      ...(iptables ?? "").split("-").filter(Boolean),
    ].join("-"),
    kernel: `Linux ${kernel}; ${programs.join(", ")}`,
    date,
    machine,
    method: `first packets of UDP flows, 60 bytes, out of a fresh network namespace to the first and the last of N Services and to none in turn, ${time}; ${batches} batches of ${packets} packets; values of the fastest batches, slopes of differences between packets of a run by least squares; N: ${services.join(", ")}; endpoints of one Service: ${endpoints.join(", ")}; ranges: quartiles of the batches, medians and each larger size's own`,
    source: `npm run calibrate of kubenetsim ${version}`,
  };
}

export function ownProvenance(): Provenance {
  const processors = cpus();
  const load = loadavg()[0]!.toFixed(1);
  return {
    release: release(),
    machine: `${processors.length} × ${processors[0]?.model.trim() ?? "processor"}, load ${load} when it ended`,
    date: new Date().toISOString().slice(0, 10),
    versionOf: (backend) => firstLine(backends[backend].program),
  };
}

function firstLine(program: string): string {
  return execFileSync(program, ["--version"], { encoding: "utf8" }).split("\n", 1)[0]!.trim();
}
