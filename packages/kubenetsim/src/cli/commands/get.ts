import { kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { parseRfc3339 } from "@kubenetsim/core/apiserver/table/rfc3339";
import type { ApiObject, Kind } from "@kubenetsim/core/model/api-object";
import { epoch } from "@kubenetsim/core/runtime/clock";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { runKubectl } from "@kubenetsim/kubectl";
import { findResourceTypes } from "@kubenetsim/kubectl/resources/resource-type";
import type { Cluster } from "../../cluster/cluster.ts";
import { kubectlHost } from "../../kubectl/kubectl-host.ts";
import { inputOptions, readCluster } from "../cluster-options.ts";
import type { Arguments, Command } from "../command.ts";
import { type ExitCode, exitCode } from "../exit-code.ts";
import type { Terminal } from "../terminal.ts";

export const get: Command = {
  name: "get",
  summary:
    "objects as kubectl get lists them: svc, endpoints, endpointslices, pods, nodes …; and loadbalancers with their targets' health",
  usage: "-f FILE… KIND[,KIND…] [NAME]",
  options: {
    ...inputOptions,
    namespace: { type: "string", short: "n", value: "NAME", help: "only this namespace (default: all, as kubectl -A)" },
    "all-namespaces": { type: "boolean", short: "A", help: "all namespaces, which is the default" },
    output: { type: "string", short: "o", value: "FORM", help: "wide, json, yaml, name" },
    selector: { type: "string", short: "l", value: "LABELS", help: "only objects with these labels" },
    "show-labels": { type: "boolean", help: "a last column with the labels" },
    json: { type: "boolean", help: "the objects as a JSON list" },
  },
  positionals: { least: 1, most: 2 },
  examples: [
    "kubenetsim get -f examples/shop svc -n shop",
    "kubenetsim get -f examples/shop pods -o wide",
    "kubenetsim get -f examples/shop loadbalancers",
  ],
  run: runGet,
};

function runGet(args: Arguments, terminal: Terminal): ExitCode {
  const [what = "", name] = args.positionals;
  if (loadBalancerWords.includes(what.toLowerCase())) return listLoadBalancers(args, terminal, name);
  for (const word of what.split(",")) requireType(word);
  const lab = readCluster(args, terminal);
  passTime(lab);
  const { stdout, stderr, exitCode: code } = runKubectl(["get", ...wordsOf(args)], kubectlHost(lab));
  terminal.out(stdout);
  terminal.err(stderr);
  return code === 0 ? exitCode.ok : exitCode.notDelivered;
}

const loadBalancerWords = ["loadbalancers", "loadbalancer", "lb"];

/** No objects of the API: what the cloud and the options have set up, with the health of what stands behind. */
function listLoadBalancers(args: Arguments, terminal: Terminal, name: string | undefined): ExitCode {
  const lab = readCluster(args, terminal);
  const found = name === undefined ? lab.loadBalancers() : [lab.loadBalancer(name)];
  if (args.flag("json") || args.text("output") === "json") terminal.out(`${JSON.stringify(found, undefined, 2)}\n`);
  else if (found.length === 0) terminal.err("no load balancers\n");
  else terminal.out(found.map(String).join("\n"));
  return exitCode.ok;
}

/** The command line that kubectl gets. An object is looked for in the namespace default, everything else in all of them. */
function wordsOf(args: Arguments): string[] {
  const words = [...args.positionals];
  const namespace = args.text("namespace");
  if (namespace !== undefined) words.push("-n", namespace);
  else if (words.length === 1) words.push("-A");
  const output = args.flag("json") ? "json" : args.text("output");
  if (output !== undefined) words.push("-o", output);
  const selector = args.text("selector");
  if (selector !== undefined) words.push("-l", selector);
  if (args.flag("show-labels")) words.push("--show-labels");
  return words;
}

function requireType(word: string): void {
  if (findResourceTypes(word).length > 0) return;
  const known = Object.values(kinds).flatMap(({ plural, singular, shortNames }) => [plural, singular, ...shortNames]);
  const meant = nearestWord(word, known);
  throw new ParseError(`get does not know the kind "${word}"`, {
    hint: meant === undefined ? "expected svc, endpoints, endpointslices, pods, nodes …" : `did you mean ${meant}?`,
  });
}

/** Ages count from the simulation's beginning, or from the newest object of a dump that is younger. */
function passTime(lab: Cluster): void {
  let newest = 0;
  for (const kind of Object.keys(kinds) as Kind[]) {
    const objects: readonly ApiObject[] = lab.list(kind);
    for (const { metadata } of objects) newest = Math.max(newest, parseRfc3339(metadata.creationTimestamp ?? "") ?? 0);
  }
  const behindMs = (newest - parseRfc3339(epoch)!) * 1000 - lab.clock.nowMs;
  if (behindMs > 0) lab.clock.advance(behindMs);
}
