import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Tracer } from "@kubenetsim/network/trace/tracer";
import { commandsDifference } from "../cluster/commands-check.ts";
import { dnsDifference } from "../cluster/dns-check.ts";
import { healthDifference } from "../cluster/health-check.ts";
import { openLab } from "../cluster/lab.ts";
import { objectsDifference } from "../cluster/objects-check.ts";
import { type Probe, readProbeRecords, readProbes } from "../cluster/probe.ts";
import { probeDifference } from "../cluster/probes-check.ts";
import { ruleFileDifference } from "../cluster/rules-check.ts";
import { readScenario, type Scenario } from "../cluster/scenario.ts";
import { readVariants, type Variant } from "../cluster/variant.ts";
import { type CheckResult, type Family, failed, passed } from "../family.ts";
import { isFolderIn } from "../path-of-case.ts";

const notModelled = "not modelled yet";

/** Whole small clusters: each expected file is one check, and each probe of a `probes.txt`. */
export const cluster: Family = {
  name: "cluster",
  claims: (path, isFolder) => isFolder && isFolderIn(path, "cluster"),
  *run(path: string): Iterable<CheckResult> {
    const scenario = attempt(() => readScenario(path));
    const variants = readVariants(path);
    for (const file of filesUnder(join(path, "expected"), "")) {
      const variant = variants.find(({ name }) => file.startsWith(`${name}/`));
      if (scenario instanceof Error) yield failed(groupOf(file), describe(scenario), file);
      else if (/^(commands|invalid)\.txt$/.test(file))
        yield check(groupOf(file), file, () => commandsDifference(scenario, file));
      else if (file.startsWith("dns/")) yield check(groupOf(file), file, () => dnsDifference(scenario, file));
      else if (variant === undefined) yield check(groupOf(file), file, () => objectsDifference(scenario, file));
      else yield* variantChecks(scenario, variant, file);
    }
  },
};

function* variantChecks(scenario: Scenario, variant: Variant, file: string): Generator<CheckResult> {
  const [, node, name] = file.split("/");
  const mode = variant.name.split("-")[0]!;
  const group = `${mode} ${groupOf(file)}`;
  if (node === "probes.txt") yield* probeChecks(scenario, variant, group);
  else if (node === "healthcheck.txt") yield check(group, file, () => healthDifference(scenario, variant));
  else if (name === undefined) yield failed(group, notModelled, file);
  else yield check(group, file, () => ruleFileDifference(scenario, variant, node!, name));
}

function* probeChecks(scenario: Scenario, variant: Variant, group: string): Generator<CheckResult> {
  const probes = readProbes(scenario.path);
  const records = readProbeRecords(readFileSync(join(variant.folder, "probes.txt"), "utf8"));
  const lab = attempt(() => openLab(scenario, variant));
  for (const [i, record] of records.entries()) {
    const name = `${variant.name}: ${record.heading}`;
    if (lab instanceof Error) yield failed(group, describe(lab), name);
    else yield check(group, name, () => probeDifference(lab as Tracer, probes[i] as Probe, record));
  }
}

/** A check of which `difference` says where it fails; what it throws is a failure too. */
function check(group: string, name: string, difference: () => string | undefined): CheckResult {
  const found = attempt(difference);
  if (found === undefined) return passed(group, name);
  return failed(group, found instanceof Error ? describe(found) : found, name);
}

function attempt<T>(work: () => T): T | Error {
  try {
    return work();
  } catch (problem) {
    return problem instanceof Error ? problem : new Error(String(problem));
  }
}

function describe(problem: Error): string {
  return `${problem.name}: ${problem.message}`;
}

/** For reading only: kube-proxy's log and configuration, a dump as it came. The order of endpoints is one run's. */
const notCompared = /^(log\.txt|config\.yaml|.*\.raw\.txt|endpointslices\.order\.txt|probes\.counts\.txt)$/;

function* filesUnder(root: string, relative: string): Generator<string> {
  for (const name of readdirSync(join(root, relative)).sort()) {
    const file = relative === "" ? name : `${relative}/${name}`;
    if (statSync(join(root, file)).isDirectory()) yield* filesUnder(root, file);
    else if (!notCompared.test(name)) yield file;
  }
}

/** `iptables-save` for `iptables/node1/iptables-save.txt`; kubectl's and CoreDNS's files count by their folder. */
function groupOf(file: string): string {
  const parts = file.split("/");
  if (parts[0] === "kubectl" || parts[0] === "dns") return parts[0];
  return parts.at(-1)!.replace(/\.\w+$/, "");
}
