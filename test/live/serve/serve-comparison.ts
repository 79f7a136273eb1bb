import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Node } from "@kubenetsim/core/model/node";
import { CannotCompare, type Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { firstDifference } from "../differences.ts";
import { kubectlProgram } from "../kubectl-program.ts";
import { missingTools } from "../namespace-shell.ts";
import { questionsOf } from "./dns-questions.ts";
import { canonicalRules, predictedRules } from "./predicted-rules.ts";
import { randomServeCase, type ServeCase } from "./random-serve-case.ts";
import { type DnsAnswer, type Question, RealDns } from "./real-dns.ts";
import { type Rules, realRules, startKubeProxy } from "./real-node.ts";
import { realProgram } from "./real-program.ts";
import { port, ServedCluster } from "./served-cluster.ts";
import { until } from "./until.ts";

/** After a change: what was served, and what the real kube-proxy made of it in the time that it had. */
interface ServedStep {
  readonly said: string;
  readonly objects: readonly ApiObject[];
  readonly rules: Rules;
}

interface ServeAnswer {
  readonly steps: readonly ServedStep[];
  /** What a CoreDNS that heard of every change says at the end, and what one says that starts then. */
  readonly dns: readonly { readonly question: Question; readonly listened: DnsAnswer; readonly started: DnsAnswer }[];
  readonly error?: string;
}

/** How long kube-proxy and CoreDNS may take for a change. */
const patienceMs = 15_000;
const dnsOptions = [`endpoint http://127.0.0.1:${port}`, "pods verified"];

/** The real kube-proxy and the real CoreDNS before `kubenetsim serve`, while the real kubectl changes what is served. */
export const serveComparison: Comparison<ServeCase, ServeAnswer> = {
  casesAtOnce: 1,
  removable: {
    lists: new Set(["changes", "objects", "ports", "containers"]),
    fields: new Set(["nodePortAddresses", "masqueradeAll", "labels"]),
  },
  draw: randomServeCase,
  ask: async (cases, answered) => {
    const kubectl = requirePrograms();
    const answers: ServeAnswer[] = [];
    for (const one of cases) {
      answers.push(await answerOf(one, kubectl));
      answered?.(answers.length);
    }
    return answers;
  },
  differenceOf,
  record: (one, answer) => ({ ...one, answer }),
};

/** Builds what is not built, and gives kubectl. @throws CannotCompare */
function requirePrograms(): string {
  const missing = missingTools("ip", "iptables-save", "nft", "nsenter");
  if (missing !== undefined) throw new CannotCompare(missing);
  const kubectl = kubectlProgram();
  if (kubectl === undefined) throw new CannotCompare("there is no kubectl of this version");
  for (const name of ["kube-proxy", "coredns"] as const) realProgram(name, console.log);
  return kubectl;
}

async function answerOf(one: ServeCase, kubectl: string): Promise<ServeAnswer> {
  const text = JSON.stringify({ apiVersion: "v1", kind: "List", items: one.objects });
  let served: ServedCluster | undefined;
  try {
    served = await ServedCluster.start(text, { addresses: addressesOf(one), kubectl });
    startKubeProxy(served, one.node, one.config);
    const listening = new RealDns(served.network, 5301, dnsOptions);
    await listening.untilReady();
    const steps: ServedStep[] = [];
    for (const { words, objects } of one.changes) {
      const input = objects && JSON.stringify({ apiVersion: "v1", kind: "List", items: objects });
      const { stdout, stderr } = await served.kubectl(words, input);
      steps.push({ said: stdout + stderr, ...(await settled(served, one)) });
    }
    return { steps, dns: await dnsAnswers(served, listening, steps.at(-1)!.objects) };
  } catch (problem) {
    return { steps: [], dns: [], error: String((problem as Error).stack) };
  } finally {
    await served?.close();
  }
}

/** What is served when the rules have become what we predict for it; or what there is when that does not happen. */
async function settled(served: ServedCluster, one: ServeCase): Promise<Omit<ServedStep, "said">> {
  let last: Omit<ServedStep, "said"> | undefined;
  const equal = await until(async () => {
    const objects = await served.objects();
    const rules = await realRules(served, one.config.mode);
    const isStill = JSON.stringify(objects) === JSON.stringify(last?.objects);
    last = { objects, rules };
    return isStill && differingRules(one, last) === undefined ? last : undefined;
  }, patienceMs);
  return equal ?? last!;
}

async function dnsAnswers(
  served: ServedCluster,
  listening: RealDns,
  objects: readonly ApiObject[],
): Promise<ServeAnswer["dns"]> {
  const starting = new RealDns(served.network, 5302, dnsOptions);
  await starting.untilReady();
  const questions = questionsOf(objects);
  const [listened, started] = [await listening.ask(questions), await starting.ask(questions)];
  return questions.map((question, at) => ({ question, listened: listened[at]!, started: started[at]! }));
}

/** Of the node's card and of its Pods' bridge. */
function addressesOf({ objects, node }: ServeCase): [string, string] {
  const { status, spec } = objects.find(({ kind, metadata }) => kind === "Node" && metadata.name === node) as Node;
  const card = status!.addresses!.find(({ type }) => type === "InternalIP")!.address;
  return [`${card}/24`, spec!.podCIDR!.replace(/0\/24$/, "1/24")];
}

function differenceOf(one: ServeCase, { steps, dns, error }: ServeAnswer): Difference | undefined {
  if (error !== undefined) return { step: 0, where: "the run", text: error };
  for (const [at, step] of steps.entries()) {
    const found = differingRules(one, step);
    const typed = `kubectl ${one.changes[at]!.words.join(" ")}\n${step.said}`;
    if (found !== undefined) return { step: at + 1, where: found.where, text: `${found.text}\n${typed}` };
  }
  const other = dns.find(({ listened, started }) => JSON.stringify(listened) !== JSON.stringify(started));
  if (other === undefined) return undefined;
  return { step: steps.length, where: `DNS ${other.question.type}`, text: JSON.stringify(other) };
}

function differingRules(
  one: ServeCase,
  { objects, rules }: Omit<ServedStep, "said">,
): Omit<Difference, "step"> | undefined {
  const predicted = predictedRules(objects, one.node, one.config);
  for (const [name, text] of Object.entries(rules)) {
    const [real, own] = [canonicalRules(name, text), canonicalRules(name, predicted[name]!)];
    if (real !== own) return { where: name, text: firstDifference(real, own) };
  }
  return undefined;
}
