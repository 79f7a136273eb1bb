/**
 * Random clusters through the real kube-proxy and through ours, iptables mode: the same canonical text?
 *
 *     node build/test/differential/kube-proxy.js --peer PROGRAM [--cases 100] [--seed S] [--kinds ClusterIP,NodePort]
 *       [--services N] [--verbose]
 *
 * PROGRAM is the peer that runs kube-proxy's own code on JSON; it needs root. Each case is compared after its objects
 * and again after some of them changed. A line for each case that differs, with the first difference, the seed and the
 * YAML; `N passed, N failed` closes.
 */
import { parseArgs } from "node:util";
import { canonicalIptablesSave } from "@kubenetsim/netfilter/text/iptables-canonical";
import { syncIptables, takeSnapshot, updateSnapshot } from "@kubenetsim/proxy";
import type { ClusterOptions, ServiceKind } from "@kubenetsim/testing";
import { askPeer, type PeerAnswer } from "./peer.ts";
import { type RandomCase, randomCase } from "./random-case.ts";

const { values: options } = parseArgs({
  options: {
    peer: { type: "string" },
    cases: { type: "string", default: "100" },
    seed: { type: "string", default: "kube-proxy" },
    kinds: { type: "string" },
    services: { type: "string", default: "8" },
    verbose: { type: "boolean", default: false },
  },
});
const casesPerRun = 25;

function main(): number {
  if (options.peer === undefined) {
    console.error("give the program of the real kube-proxy: --peer PROGRAM");
    return 2;
  }
  const count = Number(options.cases);
  let failed = 0;
  for (let first = 0; first < count; first += casesPerRun) {
    const numbers = Array.from({ length: Math.min(casesPerRun, count - first) }, (_, index) => first + index);
    const cases = numbers.map((number) => randomCase(`${options.seed}-${number}`, clusterOptions()));
    const answers = new Map(askPeer(options.peer, cases).map((answer) => [answer.id, answer]));
    for (const one of cases) if (!report(one, differenceOf(one, answers.get(one.id)))) failed++;
  }
  console.log(`${count - failed} passed, ${failed} failed`);
  return failed === 0 ? 0 : 1;
}

function clusterOptions(): ClusterOptions {
  const kinds = options.kinds?.split(",") as readonly ServiceKind[] | undefined;
  return { maxServices: Number(options.services), ...(kinds === undefined ? {} : { serviceKinds: kinds }) };
}

/** The first difference, or undefined when both dumps are equal. */
function differenceOf(one: RandomCase, answer: PeerAnswer | undefined): string | undefined {
  if (answer?.error !== undefined) return `the peer failed: ${answer.error}`;
  const theirs = answer?.dumps?.map((dump) => canonicalIptablesSave(dump["iptables-save"])) ?? [];
  if (theirs.length !== 2) return `the peer gave ${theirs.length} dumps, not 2`;
  const ours = ownDumps(one, theirs[0]!.includes("-m nfacct"));
  const names = ["the objects", "the changes"];
  for (const [index, name] of names.entries()) {
    const difference = firstDifference(theirs[index]!, ours[index]!);
    if (difference !== undefined) return `after ${name}: ${difference}`;
  }
  return undefined;
}

function ownDumps(one: RandomCase, nfacct: boolean): readonly string[] {
  const { before, changes, config } = one;
  const snapshot = takeSnapshot({
    family: "IPv4",
    node: { ...one.node, nfacct },
    config,
    services: before.tables.Service.values(),
    endpointSlices: before.tables.EndpointSlice.values(),
  });
  const first = syncIptables(undefined, snapshot);
  const second = syncIptables(first, updateSnapshot(snapshot, changes));
  return [first, second].map((program) => canonicalIptablesSave(program.ruleset));
}

function firstDifference(theirs: string, ours: string): string | undefined {
  if (theirs === ours) return undefined;
  const expected = theirs.split("\n");
  const got = ours.split("\n");
  const line = expected.findIndex((text, index) => text !== got[index]);
  return `line ${line + 1}\n  real: ${expected[line]}\n  ours: ${got[line]}`;
}

/** Prints how a case went; true when it passed. */
function report(one: RandomCase, difference: string | undefined): boolean {
  if (difference === undefined) {
    if (options.verbose) console.log(`ok ${one.id}: ${one.before.tables.Service.size} Services`);
    return true;
  }
  console.log(`FAILED ${one.id}: ${difference}\n${JSON.stringify(one.config)}\n${one.yaml}`);
  return false;
}

process.exitCode = main();
