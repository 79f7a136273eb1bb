import type { Requirement, Selector } from "@kubenetsim/core/model/label-selector";
import { parseSelector } from "@kubenetsim/core/model/selector-text";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Dispenser } from "../corefile/dispenser.ts";
import { durationOf } from "../corefile/duration.ts";
import { integerOf } from "../corefile/integer.ts";
import { originsOf } from "../corefile/zone-and-port.ts";

import type { DnsName } from "../message/resource-record.ts";
import { oncePerBlock } from "../plugins/once-per-block.ts";
import { defaultKubernetesOptions, type KubernetesOptions, type PodMode } from "./options.ts";
import { isReverseName } from "./reverse-address.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/**
 * The options of a `kubernetes` block, as the real setup reads them (plugin/kubernetes/setup.go). How the API server is reached
 * (endpoint, tls, kubeconfig, apiserver_*) is read and means nothing: there is one.
 *
 * @throws ParseError in the real words; UnsupportedError for `multicluster`
 */
export function readKubernetesOptions(words: Dispenser, blockZones: readonly DnsName[]): KubernetesOptions {
  let options: KubernetesOptions | undefined;
  oncePerBlock(words, () => {
    options = readBlock(words, blockZones);
  });
  return options!;
}

function readBlock(words: Dispenser, blockZones: readonly DnsName[]): KubernetesOptions {
  const zones = originsOf(words.remainingArgs(), blockZones);
  const primaryZone = zones.find((zone) => !isReverseName(zone));
  if (primaryZone === undefined) throw words.plainErr("non-reverse zone name must be used");
  const options = { ...defaultKubernetesOptions, zones, primaryZone };
  while (words.nextBlock()) {
    const option = words.val();
    const read = Object.hasOwn(readers, option) ? readers[option] : undefined;
    if (read === undefined) throw words.err(`unknown property '${option}'`);
    read(words, options);
  }
  if (options.namespaces.size > 0 && options.namespaceLabels.length > 0) {
    throw words.err("namespaces and namespace_labels cannot both be set");
  }
  if (options.zonal && options.noEndpoints) {
    throw words.err("zonal requires the endpoint cache; remove noendpoints");
  }
  return options;
}

type OptionReader = (words: Dispenser, options: Mutable<KubernetesOptions>) => void;

const podModes: readonly string[] = ["disabled", "insecure", "verified"] satisfies PodMode[];

const readers: Readonly<Record<string, OptionReader>> = {
  endpoint_pod_names: (words, options) => {
    noArgs(words);
    options.endpointPodNames = true;
  },
  pods: (words, options) => {
    const [mode] = exactArgs(words, 1);
    if (!podModes.includes(mode!)) {
      throw words.plainErr(`wrong value for pods: ${mode},  must be one of: disabled, verified, insecure`);
    }
    options.pods = mode as PodMode;
  },
  namespaces: (words, options) => {
    options.namespaces = new Set([...options.namespaces, ...someArgs(words)]);
  },
  endpoint: (words) => {
    someArgs(words);
  },
  tls: (words) => {
    exactArgs(words, 3);
  },
  labels: (words, options) => {
    options.labels = labelSelector(words, "label selector");
  },
  namespace_labels: (words, options) => {
    options.namespaceLabels = labelSelector(words, "namespace_label selector");
  },
  fallthrough: (words, options) => {
    options.fallthrough = originsOf(words.remainingArgs(), ["."]);
  },
  ttl: (words, options) => {
    const [text] = someArgs(words);
    const ttl = integerOf(text!, (problem) => words.plainErr(problem));
    if (ttl < 0 || ttl > 3600) throw words.err(`ttl must be in range [0, 3600]: ${ttl}`);
    options.ttl = ttl;
  },
  noendpoints: (words, options) => {
    noArgs(words);
    options.noEndpoints = true;
  },
  zonal: (words, options) => {
    noArgs(words);
    options.zonal = true;
  },
  ignore: (words, options) => {
    const [what] = words.remainingArgs();
    if (what === undefined) return;
    if (what !== "empty_service") throw words.plainErr(`unable to parse ignore value: '${what}'`);
    options.ignoreEmptyService = true;
  },
  kubeconfig: (words) => {
    const { length } = words.remainingArgs();
    if (length !== 1 && length !== 2) throw words.argErr();
  },
  multicluster: (words) => {
    throw new UnsupportedError(
      "kubernetes multicluster",
      "ServiceImports of other clusters",
      words.plainErr("").position,
    );
  },
  startup_timeout: (words) => {
    const [text] = someArgs(words);
    durationOf(text!, (problem) => words.plainErr(`failed to parse startup_timeout: ${text}, ${problem}`));
  },
  apiserver_qps: (words) => limit(words, "apiserver_qps", floatOf),
  apiserver_burst: (words) => limit(words, "apiserver_burst", integerOf),
  apiserver_max_inflight: (words) => limit(words, "apiserver_max_inflight", integerOf),
};

function noArgs(words: Dispenser): void {
  if (words.remainingArgs().length > 0) throw words.argErr();
}

function someArgs(words: Dispenser): string[] {
  const args = words.remainingArgs();
  if (args.length === 0) throw words.argErr();
  return args;
}

function exactArgs(words: Dispenser, count: number): string[] {
  const args = words.remainingArgs();
  if (args.length !== count) throw words.argErr();
  return args;
}

/** A number that says how the API server may be asked. */
function limit(words: Dispenser, name: string, read: (text: string, fail: (problem: string) => Error) => number): void {
  const [text] = exactArgs(words, 1);
  const value = read(text!, (problem) => words.err(`invalid ${name} ${JSON.stringify(text)}: ${problem}`));
  if (value < 0) throw words.err(`${name} must be >= 0`);
}

/** strconv.ParseFloat of a decimal number. */
function floatOf(text: string, fail: (problem: string) => Error): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  throw fail(`strconv.ParseFloat: parsing ${JSON.stringify(text)}: invalid syntax`);
}

function labelSelector(words: Dispenser, what: string): Selector {
  const text = someArgs(words).join(" ");
  const fail = (problem: string): ParseError => words.plainErr(`unable to parse ${what} value: '${text}': ${problem}`);
  return asLabelSelector(requirementsOf(text, fail), fail);
}

function requirementsOf(text: string, fail: (problem: string) => Error): Selector {
  try {
    return parseSelector(text);
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    throw fail(`couldn't parse the selector string "${text}": ${error.message}`);
  }
}

/** Of the operators a LabelSelector has not all, and of two values for one key it keeps the last (metav1.ParseToLabelSelector). */
function asLabelSelector(selector: Selector, fail: (problem: string) => Error): Selector {
  const equals = new Map<string, Requirement>();
  const others: Requirement[] = [];
  for (const requirement of selector) {
    const { key, operator } = requirement;
    if (operator === "gt" || operator === "lt") throw fail(`"${operator}" isn't supported in label selectors`);
    if (operator === "!=") throw fail(`"${operator}" is not a valid label selector operator`);
    if (operator === "=" || operator === "==") equals.set(key, requirement);
    else others.push(requirement);
  }
  return [...equals.values(), ...others];
}
