import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { parseCorefile } from "@kubenetsim/dns/corefile/parse-corefile";
import { KubernetesPlugin } from "@kubenetsim/dns/kubernetes/kubernetes-plugin";
import { defaultKubernetesOptions } from "@kubenetsim/dns/kubernetes/options";
import { queryFor } from "@kubenetsim/dns/message/dns-message";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";
import type { DnsHandler, DnsRequest, ServerSurroundings } from "@kubenetsim/dns/plugins/plugin";
import { DnsServer } from "@kubenetsim/dns/server/dns-server";
import { type Block, comparePairs, consume, cpuNs, type Measure, nsBlock, type Result } from "./harness.ts";
import { endpointChange, grownState } from "./kubenetsim-build.ts";

const endpoints = 10;
const queries = 2_000_000;
/** As the server hands it to the plugins. */
const requestOf = (name: string): DnsRequest => {
  const message = queryFor(1, name, "A");
  const from = { transport: "udp", client: "10.244.1.9", clientPort: 40000, listener: 0, nowMs: 0 } as const;
  return { message, question: message.questions[0]!, name, zone: ".", ...from };
};

const noOther: DnsHandler = () => ({ rcode: "SERVFAIL" });

const serviceNames = (services: number): string[] =>
  Array.from({ length: services }, (_, i) => `service-${i}.default.svc.cluster.local.`);

function surroundingsOf(services: number): ServerSurroundings {
  return {
    state: grownState(services, endpoints),
    nowMs: 0,
    random: seededRandom("bench"),
    addresses: ["10.244.0.2"],
    readFile: () => undefined,
    exchange: () => ({ kind: "timeout", tookMs: 0 }),
    log: () => {},
  };
}

function pluginOver(services: number): KubernetesPlugin {
  const zone = "cluster.local.";
  const options = { ...defaultKubernetesOptions, zones: [zone, "in-addr.arpa."], primaryZone: zone };
  return new KubernetesPlugin(options, { surroundings: surroundingsOf(services), askSelf: noOther });
}

/** The plugin's answer to names that have been asked for before, in turn: nanoseconds. */
function knownAnswer(services: number): Block {
  const requests = serviceNames(services).map(requestOf);
  const answer = pluginOver(services).handle(noOther);
  for (const request of requests) answer(request);
  return nsBlock(queries, (count) => {
    let sum = 0;
    for (let i = 0, at = 0; i < count; i++, at = at + 1 === services ? 0 : at + 1) {
      sum += answer(requests[at]!).message!.answers.length;
    }
    return sum;
  });
}

/** The same names in a Map of records: nanoseconds. */
function readyRecords(services: number): Block {
  const names = serviceNames(services);
  const asked = names.map(requestOf).map(({ question }) => question);
  const records = new Map<string, readonly ResourceRecord[]>(
    names.map((name) => [name, [{ name, type: "A", class: "IN", ttl: 5, address: "10.96.0.1" }]]),
  );
  return nsBlock(queries, (count) => {
    let sum = 0;
    for (let i = 0, at = 0; i < count; i++, at = at + 1 === services ? 0 : at + 1) {
      sum += records.get(asked[at]!.name)!.length;
    }
    return sum;
  });
}

/** A whole server with kubeadm's plugins, but for forward: nanoseconds. */
function serverAnswer(services: number): Block {
  const corefile = parseCorefile(`.:53 {
    errors
    health
    ready
    kubernetes cluster.local in-addr.arpa ip6.arpa {
      pods insecure
      fallthrough in-addr.arpa ip6.arpa
      ttl 30
    }
    prometheus :9153
    cache 30 {
      disable success cluster.local
      disable denial cluster.local
    }
    reload
    loadbalance
  }`);
  const server = DnsServer.start(corefile, surroundingsOf(services));
  const messages = serviceNames(services).map((name) => queryFor(1, name, "A"));
  const arrival = { client: "10.244.1.9", clientPort: 40000, transport: "udp", port: 53, nowMs: 0 } as const;
  for (const message of messages) server.answer(message, arrival);
  return nsBlock(queries / 10, (count) => {
    let sum = 0;
    for (let i = 0, at = 0; i < count; i++, at = at + 1 === services ? 0 : at + 1) {
      sum += server.answer(messages[at]!, arrival)!.answers.length;
    }
    return sum;
  });
}

/** Names that nobody has asked for since the last change, all or so many of them: nanoseconds. */
export function firstAnswers(services: number, asked: number = services): Block {
  const requests = serviceNames(services)
    .filter((_, i) => i % (services / asked) === 0)
    .map(requestOf);
  const plugin = pluginOver(services);
  const answer = plugin.handle(noOther);
  const { state } = surroundingsOf(1);
  const [change] = endpointChange(0, endpoints, 1);
  return nsBlock(asked, (count) => {
    plugin.update([change!], state!, 0);
    let sum = 0;
    for (let i = 0; i < count; i++) sum += answer(requests[i]!).message!.answers.length;
    return sum;
  });
}

/**
 * The program of `bench/peers/coredns` around the real CoreDNS, which prints what a query costs its kubernetes plugin:
 * `npm run conformance:live` builds it.
 */
const built = fileURLToPath(new URL("../peers/coredns-peer", import.meta.url));
const realServer = existsSync(built) ? built : "coredns-peer";

/** The same names asked of the real plugin: nanoseconds of CPU. */
function realAnswer(services: number): number {
  const { stdout } = spawnSync(realServer, ["bench", "-services", String(services)], { encoding: "utf8" });
  return (JSON.parse(stdout) as { cpuNs: number }).cpuNs;
}

/** Where there is no such program the measure is passed over. */
function againstReal(measure: Measure, candidate: (services: number) => Block): Result | { readonly skipped: string } {
  const isThere = spawnSync(realServer, ["bench", "-services", "1", "-queries", "10"]).status === 0;
  if (!isThere) return { skipped: `there is no ${realServer}; npm run conformance:live builds it where Go is` };
  const pair = { candidate: candidate(10_000), reference: () => realAnswer(10_000), unit: "ns" };
  return comparePairs(measure, pair);
}

const changesAtOnce = 2000;

/** One endpoint changed until names and addresses are found by it: microseconds. */
function oneChange(services: number): Block {
  const surroundings = surroundingsOf(services);
  const plugin = pluginOver(services);
  let shift = 0;
  const changes = Array.from({ length: changesAtOnce }, (_, i) => endpointChange(i % services, endpoints, ++shift));
  return () =>
    cpuNs(1000 * changesAtOnce, () => {
      for (const change of changes) plugin.update(change, surroundings.state!, 0);
      consume(plugin.index.serial);
    });
}

/** All names and addresses from the objects: microseconds. */
function wholeBuild(services: number): Block {
  const surroundings = surroundingsOf(services);
  const options = pluginOver(1).options;
  return () =>
    cpuNs(1000, () => {
      consume(new KubernetesPlugin(options, { surroundings, askSelf: noOther }).index.services.size);
    });
}

export const dnsMeasures: readonly Measure[] = [
  {
    id: "20",
    name: "kubernetes plugin: a known name of 10,000 Services, against a Map of ready records",
    must: 20,
    aim: 8,
    run: (measure) =>
      comparePairs(measure, { candidate: knownAnswer(10_000), reference: readyRecords(10_000), unit: "ns" }),
  },
  {
    id: "dns-first",
    name: "kubernetes plugin: a name for the first time, against a known one",
    must: 100,
    aim: 40,
    run: (measure) =>
      comparePairs(measure, { candidate: firstAnswers(10_000), reference: knownAnswer(10_000), unit: "ns" }),
  },
  {
    id: "dns-coredns",
    name: "a known name of 10,000 Services, against the real plugin's handler",
    must: 1,
    aim: 0.1,
    run: (measure) => againstReal(measure, knownAnswer),
  },
  {
    id: "dns-coredns-first",
    name: "a name for the first time, against the real plugin's handler, which keeps no answers",
    must: 1.5,
    aim: 1,
    run: (measure) => againstReal(measure, firstAnswers),
  },
  {
    id: "dns-server",
    name: "a server with kubeadm's plugins, against the kubernetes plugin alone",
    must: 100,
    aim: 40,
    run: (measure) =>
      comparePairs(measure, { candidate: serverAnswer(10_000), reference: knownAnswer(10_000), unit: "ns" }),
  },
  {
    id: "dns-change",
    name: "one endpoint changed in 10,000 Services × 10, against a rebuild",
    must: 1 / 300,
    aim: 1 / 2000,
    run: (measure) =>
      comparePairs(measure, { candidate: oneChange(10_000), reference: wholeBuild(10_000), unit: "µs" }),
  },
  {
    id: "dns-growth",
    name: "the same change in 10,000 Services, against 1,000",
    must: 2,
    aim: 1.3,
    run: (measure) => comparePairs(measure, { candidate: oneChange(10_000), reference: oneChange(1000), unit: "µs" }),
  },
];
