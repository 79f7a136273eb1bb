import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { parseIptablesSave } from "@kubenetsim/netfilter/text/iptables-parse";
import { printIptablesSave } from "@kubenetsim/netfilter/text/iptables-print";
import { describe, expect, it } from "vitest";
import { node, pod } from "../../test-objects.ts";
import { buildTopology } from "../topology/build.ts";
import { kernelDevices } from "../topology/kernel-devices.ts";
import { type Request, writeRequest } from "../walk/request.ts";
import { Walker } from "../walk/walker.ts";
import { type Ratio, ratio, ratioText, sum, toNumber } from "./ratio.ts";
import { shares } from "./shares.ts";

const endpoints = Array.from({ length: 250 }, (_, i) => `10.244.2.${i + 2}`);
const topology = buildTopology({
  nodes: [node(1), node(2)],
  pods: [
    pod("client", "node1", "10.244.1.200"),
    ...endpoints.map((ip, i) => pod(`web-${i}`, "node2", ip, i % 7 === 6 ? [] : [80])),
  ],
});
const from = topology.pods.get("default/client")!;
const request: Request = {
  from,
  protocol: "TCP",
  destination: "10.96.0.80" as Request["destination"],
  destinationPort: 80,
};

function rulesOf(count: number, extra = ""): string {
  const chosen = endpoints.slice(0, count);
  const rules = chosen.map((ip, i) => {
    const left = count - i;
    const chance = left > 1 ? ` -m statistic --mode random --probability ${(1 / left).toFixed(10)}` : "";
    return `-A SVC${chance} -j SEP${i}\n-A SEP${i} -p tcp -m recent --name SEP${i} --set -j DNAT --to-destination ${ip}:80\n`;
  });
  const chains = chosen.map((_, i) => `:SEP${i} - [0:0]\n`).join("");
  return `*nat\n:PREROUTING ACCEPT [0:0]\n:SVC - [0:0]\n${chains}-A PREROUTING -d 10.96.0.80/32 -j SVC\n${extra}${rules.join("")}COMMIT\n`;
}

function kernelsOf(text: string): Map<string, Kernel> {
  const options = { random: seededRandom("shares"), clock: virtualClock() };
  const kernels = [...topology.nodes].map(
    ([name, host]) => [name, new Kernel({ ...options, devices: kernelDevices(host) })] as const,
  );
  kernels[0]![1].load(parseIptablesSave(text));
  return new Map(kernels);
}

/** The kernel's threshold for "%0.10f" of 1/left. */
function threshold(left: number): bigint {
  return left === 1 ? 2n ** 31n : BigInt(Math.round(Number((1 / left).toFixed(10)) * 2 ** 31));
}

function closedForm(count: number): Ratio[] {
  let left = ratio(1n, 1n);
  return Array.from({ length: count }, (_, i) => {
    const part = threshold(count - i);
    const share = ratio(left.numerator * part, left.denominator * 2n ** 31n);
    left = ratio(left.numerator * (2n ** 31n - part), left.denominator * 2n ** 31n);
    return share;
  });
}

describe("shares of a cascade", () => {
  const counts = Array.from({ length: 250 }, (_, i) => i + 1);

  it("are the product of the thresholds for 1 to 250 endpoints, add up to 1, and are nearly equal", {
    timeout: 120_000,
  }, () => {
    for (const count of counts) {
      const found = shares(topology, kernelsOf(rulesOf(count)), request);
      expect(found.map(({ endpoint }) => endpoint)).toEqual(endpoints.slice(0, count).map((ip) => `${ip}:80`));
      expect(found.map(({ chance }) => chance)).toEqual(closedForm(count));
      expect(ratioText(found.map(({ chance }) => chance).reduce(sum))).toBe("1");
      for (const { chance } of found) {
        const bias = ratio(chance.numerator * BigInt(count) - chance.denominator, chance.denominator * BigInt(count));
        expect(Math.abs(toNumber(bias))).toBeLessThanOrEqual(2 ** -30 * count);
      }
    }
  });

  it("say what becomes of the packet besides", () => {
    const found = shares(topology, kernelsOf(rulesOf(7)), request);
    expect(found[0]).toMatchObject({ disposition: "delivered", endpoint: "10.244.2.2:80", host: "pod default/web-0" });
    expect(found[6]).toMatchObject({ disposition: "refused", endpoint: "10.244.2.8:80", host: "pod default/web-6" });
    const guard = "-A SVC -m statistic --mode random --probability 0.25000000000 -j RETURN\n";
    const guarded = shares(topology, kernelsOf(rulesOf(2, guard)), request);
    expect(guarded.map(({ disposition, host, chance }) => [disposition, host, ratioText(chance)])).toEqual([
      ["no-route", "external default gateway 192.168.10.1", "1/4"],
      ["delivered", "pod default/web-0", "3/8"],
      ["delivered", "pod default/web-1", "3/8"],
    ]);
  });

  it("are 1 for the endpoint that affinity remembers, and change nothing", () => {
    const affinity = endpoints
      .slice(0, 3)
      .map((_, i) => `-A SVC -m recent --name SEP${i} --rcheck --seconds 10 --reap -j SEP${i}\n`);
    const kernels = kernelsOf(rulesOf(3, affinity.join("")));
    const before = kernels.get("node1")!;
    expect(shares(topology, kernels, request)).toHaveLength(3);
    const kept = printIptablesSave(before.ruleset("IPv4"), { counters: true });
    expect(shares(topology, kernels, request)).toHaveLength(3);
    expect(printIptablesSave(before.ruleset("IPv4"), { counters: true })).toBe(kept);
    expect(before.conntrack("IPv4").table.size).toBe(0);

    const walker = new Walker(topology, kernels, seededRandom("client"));
    writeRequest(walker.packet, { ...request, sourcePort: 40001 });
    walker.simulate(from, null);
    const remembered = shares(topology, kernels, request);
    expect(remembered.map(({ host, chance }) => [host, ratioText(chance)])).toEqual([[walker.receiver.name, "1"]]);
  });
});
