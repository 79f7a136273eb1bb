/** The exact shares of endpoints: what walking the rules says, and what the schedulers say that are those rules. */
import { fc, test } from "@fast-check/vitest";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { parseNftCommands } from "@kubenetsim/netfilter/text/nft-command-parse";
import { type Ratio, ratio, toNumber } from "@kubenetsim/network/shares/ratio";
import { type Share, shares } from "@kubenetsim/network/shares/shares";
import { buildTopology } from "@kubenetsim/network/topology/build";
import { kernelDevices } from "@kubenetsim/network/topology/kernel-devices";
import {
  nftJhashOf,
  numgenInc,
  numgenRandom,
  requestFrom,
  type Scheduler,
  serversOf,
  statisticNth,
  statisticRandom,
} from "@kubenetsim/schedulers";
import { expect } from "vitest";
import { node, pod } from "../packages/network/test-objects.ts";

const addresses = Array.from({ length: 40 }, (_, i) => `10.244.2.${i + 2}`);
const topology = buildTopology({
  nodes: [node(1), node(2)],
  pods: [pod("client", "node1", "10.244.1.200"), ...addresses.map((ip, i) => pod(`web-${i}`, "node2", ip, [80]))],
});
const from = topology.pods.get("default/client")!;
const request = { from, protocol: "TCP", destination: "10.96.0.80" as never, destinationPort: 80 } as const;
const endpoints = (count: number): string[] => addresses.slice(0, count).map((ip) => `${ip}:80`);

function kernels(fill: (kernel: Kernel) => void): Map<string, Kernel> {
  const all = [...topology.nodes].map(([name, host]) => {
    const devices = kernelDevices(host);
    return [name, new Kernel({ random: seededRandom("shares"), clock: virtualClock(), devices })] as const;
  });
  fill(all[0]![1]);
  return new Map(all);
}

function withIptables(rules: readonly string[]): Map<string, Kernel> {
  const lines = ["*nat", ":PREROUTING ACCEPT [0:0]", ":SVC - [0:0]", "-A PREROUTING -d 10.96.0.80/32 -p tcp -j SVC"];
  return kernels((kernel) => kernel.load(parseIptablesSave([...lines, ...rules, "COMMIT", ""].join("\n"))));
}

function withNft(count: number, number: string): Map<string, Kernel> {
  const map = endpoints(count).map((endpoint, i) => `${i} : ${endpoint.replace(":", " . ")}`);
  const text = `add table ip t
add chain ip t pre { type nat hook prerouting priority -100 ; }
add rule ip t pre ip daddr 10.96.0.80 meta l4proto tcp dnat ip addr . port to ${number} map { ${map.join(", ")} }
`;
  return kernels((kernel) => {
    for (const transaction of parseNftCommands(text)) kernel.applyNft(transaction);
  });
}

const byEndpoint = (found: readonly Share[]): Map<string | undefined, Ratio> =>
  new Map(found.map(({ endpoint, chance }) => [endpoint, chance]));

function odds<State>(scheduler: Scheduler<State>, count: number): Map<string, Ratio> {
  const servers = serversOf(scheduler, endpoints(count));
  const { parts, whole } = scheduler.odds!(scheduler.start(servers, 0), servers);
  return new Map(endpoints(count).map((endpoint, i) => [endpoint, ratio(parts[i]!, whole)]));
}

const anyCount = fc.integer({ min: 1, max: addresses.length });

test.prop([anyCount], { numRuns: 15 })("statistic random: the same fractions", (count) => {
  const rules = endpoints(count).map((endpoint, i) => {
    const chance = i + 1 < count ? ` -m statistic --mode random --probability ${(1 / (count - i)).toFixed(10)}` : "";
    return `-A SVC -p tcp${chance} -j DNAT --to-destination ${endpoint}`;
  });
  expect(byEndpoint(shares(topology, withIptables(rules), request))).toEqual(odds(statisticRandom, count));
});

test.prop([anyCount], { numRuns: 15 })(
  "numgen random: equal shares, which 2^32 numbers come to but for one",
  (count) => {
    const found = byEndpoint(shares(topology, withNft(count, `numgen random mod ${count}`), request));
    const exact = odds(numgenRandom, count);
    expect([...found.keys()]).toEqual([...exact.keys()]);
    for (const [endpoint, share] of exact) {
      expect(found.get(endpoint)).toEqual(ratio(1n, BigInt(count)));
      expect(Math.abs(toNumber(share) - 1 / count)).toBeLessThan(2 ** -32);
    }
  },
);

test.prop([anyCount, fc.integer({ min: 0, max: 2 ** 32 - 1 }), fc.integer({ min: 1024, max: 65_535 })], {
  numRuns: 15,
})("jhash: a client has one endpoint, the scheduler's", (count, seed, sourcePort) => {
  const rules = withNft(count, `jhash ip saddr . th sport mod ${count} seed ${seed}`);
  const found = shares(topology, rules, { ...request, sourcePort });
  const scheduler = nftJhashOf({ seed });
  const servers = serversOf(scheduler, endpoints(count));
  const { index } = scheduler.choose(scheduler.start(servers, 0), servers, requestFrom(`10.244.1.200:${sourcePort}`));
  expect(byEndpoint(found)).toEqual(new Map([[endpoints(count)[index], ratio(1n, 1n)]]));
});

test.prop([anyCount], { numRuns: 15 })(
  "nth and inc: the next in turn is certain, and it is the scheduler's",
  (count) => {
    const rules = endpoints(count).map(
      (endpoint, i) =>
        `-A SVC -p tcp -m statistic --mode nth --every ${count - i} --packet 0 -j DNAT --to-destination ${endpoint}`,
    );
    for (const [scheduler, start] of [
      [statisticNth, withIptables(rules)],
      [numgenInc, withNft(count, `numgen inc mod ${count}`)],
    ] as const) {
      const servers = serversOf(scheduler, endpoints(count));
      const { index } = scheduler.choose(scheduler.start(servers, 0), servers, requestFrom("10.244.1.200:40000"));
      expect(byEndpoint(shares(topology, start, request))).toEqual(new Map([[endpoints(count)[index], ratio(1n, 1n)]]));
    }
  },
);
