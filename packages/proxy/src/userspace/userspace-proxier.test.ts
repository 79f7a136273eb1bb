import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Service, ServiceSpec } from "@kubenetsim/core/model/service";
import { addressWords, type IpAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Chain } from "@kubenetsim/netfilter/ruleset/ruleset";
import { printRule } from "@kubenetsim/netfilter/text/iptables-print";
import { beforeEach, describe, expect, test } from "vitest";
import { error } from "../log/log-line.ts";
import { IptablesCommand } from "./iptables-command.ts";
import { removePortalChains } from "./portal-chains.ts";
import { type UserspaceOptions, UserspaceProxier } from "./userspace-proxier.ts";

const options: UserspaceOptions = {
  family: "IPv4",
  proxy: { listenIP: "0.0.0.0" as IpAddress, hostIP: "192.168.10.11" as IpAddress },
  localAddresses: ["192.168.10.11", "10.244.1.1", "127.0.0.1"] as IpAddress[],
  portRange: { base: 40000, size: 200 },
  udpIdleMs: 250,
};

/** A host with iptables, and a kube-proxy in userspace mode on it. */
class Lab {
  readonly chains = new Map<string, Chain>();
  readonly clock = virtualClock();
  readonly proxier: UserspaceProxier;

  constructor(more: Partial<UserspaceOptions> = {}) {
    this.proxier = new UserspaceProxier({ ...options, ...more }, seededRandom("lab"), this.clock);
  }

  run<T>(act: (iptables: IptablesCommand) => T): T {
    const iptables = new IptablesCommand((table, name) => this.chains.get(`${table} ${name}`));
    const result = act(iptables);
    for (const { name: table, chains, deleted } of iptables.changes()) {
      for (const chain of chains) this.chains.set(`${table} ${chain.name}`, chain);
      for (const name of deleted) this.chains.delete(`${table} ${name}`);
    }
    return result;
  }

  start(services: readonly Service[] = [], endpoints: readonly Endpoints[] = []): void {
    this.run((iptables) => this.proxier.start(iptables, services, endpoints));
  }

  /** Each as before and after. */
  change(...changes: readonly (readonly [Service | undefined, Service | undefined])[]) {
    return this.run((iptables) =>
      this.proxier.change(
        iptables,
        changes.map(([before, after]) => ({ kind: "Service" as const, before, after })),
      ),
    );
  }

  rules(table: string, chain: string): string[] {
    return this.chains.get(`${table} ${chain}`)?.rules.map((rule) => printRule(rule, chain)) ?? [];
  }

  /** Without the built-in chains' jumps. */
  allRules(): string[] {
    return [...this.chains.values()]
      .filter(({ policy }) => policy === undefined)
      .flatMap(({ rules }) => [...rules])
      .map((rule) => printRule(rule, ""));
  }

  proxyPort(name: string): number | undefined {
    return [...this.proxier.served].find((served) => served.name === name)?.proxyPort;
  }

  listens(protocol: "TCP" | "UDP", port: number, address = "192.168.10.11"): boolean {
    return this.proxier.listener(protocol, addressWords(address as IpAddress), port) !== undefined;
  }
}

function service(name: string, spec: Partial<ServiceSpec> = {}, ingress: readonly string[] = []): Service {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: "ns" },
    spec: { type: "ClusterIP", clusterIP: "10.96.0.80", ports: [{ name: "http", port: 80, protocol: "TCP" }], ...spec },
    status: { loadBalancer: { ingress: ingress.map((ip) => ({ ip })) } },
  };
}

const endpointsOf = (name: string, ip: string): Endpoints => ({
  apiVersion: "v1",
  kind: "Endpoints",
  metadata: { name, namespace: "ns" },
  subsets: [{ addresses: [{ ip }], ports: [{ name: "http", port: 8080 }] }],
});

let lab = new Lab();
beforeEach(() => {
  lab = new Lab();
});

describe("the rules", () => {
  test("jumps: portals before all else, node ports after all else", () => {
    lab.chains.set("nat PREROUTING", { name: "PREROUTING", policy: "ACCEPT", counters: undefined, rules: [] });
    lab.start();
    expect(lab.rules("nat", "PREROUTING")).toEqual([
      '-A PREROUTING -m comment --comment "handle ClusterIPs; NOTE: this must be before the NodePort rules" -j KUBE-PORTALS-CONTAINER',
      '-A PREROUTING -m addrtype --dst-type LOCAL -m comment --comment "handle service NodePorts; NOTE: this must be the last rule in the chain" -j KUBE-NODEPORT-CONTAINER',
    ]);
    expect(lab.rules("nat", "OUTPUT").map((text) => text.split(" ").at(-1))).toEqual([
      "KUBE-PORTALS-HOST",
      "KUBE-NODEPORT-HOST",
    ]);
    expect(lab.rules("filter", "INPUT")).toEqual([
      '-A INPUT -m comment --comment "Ensure that non-local NodePort traffic can flow" -j KUBE-NODEPORT-NON-LOCAL',
    ]);
  });

  test("of a Service with everything", () => {
    const parts = { type: "LoadBalancer", externalIPs: ["198.51.100.1"] } as const;
    lab.start([service("web", { ...parts, ports: [{ name: "http", port: 80, nodePort: 30080 }] }, ["203.0.113.1"])]);
    const port = lab.proxyPort("ns/web:http");
    const common = '-p tcp -m comment --comment "ns/web:http" -m tcp';
    expect(
      lab.rules("nat", "KUBE-PORTALS-CONTAINER").map((text) => text.replace("-A KUBE-PORTALS-CONTAINER ", "")),
    ).toEqual([
      `-d 10.96.0.80/32 ${common} --dport 80 -j REDIRECT --to-ports ${port}`,
      `-d 198.51.100.1/32 ${common} --dport 80 -m physdev ! --physdev-is-in -j REDIRECT --to-ports ${port}`,
      `-d 198.51.100.1/32 ${common} --dport 80 -m addrtype --dst-type LOCAL -j REDIRECT --to-ports ${port}`,
      `-d 203.0.113.1/32 ${common} --dport 80 -j REDIRECT --to-ports ${port}`,
    ]);
    expect(lab.rules("nat", "KUBE-PORTALS-HOST").map((text) => text.replace("-A KUBE-PORTALS-HOST ", ""))).toEqual([
      `-d 10.96.0.80/32 ${common} --dport 80 -j DNAT --to-destination 192.168.10.11:${port}`,
      `-d 198.51.100.1/32 ${common} --dport 80 -m addrtype --dst-type LOCAL -j DNAT --to-destination 192.168.10.11:${port}`,
      `-d 203.0.113.1/32 ${common} --dport 80 -j DNAT --to-destination 192.168.10.11:${port}`,
    ]);
    expect(lab.rules("nat", "KUBE-NODEPORT-CONTAINER")).toEqual([
      `-A KUBE-NODEPORT-CONTAINER ${common} --dport 30080 -j REDIRECT --to-ports ${port}`,
    ]);
    expect(lab.rules("nat", "KUBE-NODEPORT-HOST")).toEqual([
      `-A KUBE-NODEPORT-HOST ${common} --dport 30080 -j DNAT --to-destination 192.168.10.11:${port}`,
    ]);
    expect(lab.rules("filter", "KUBE-NODEPORT-NON-LOCAL")).toEqual([
      `-A KUBE-NODEPORT-NON-LOCAL ${common} --dport ${port} -m state --state NEW -j ACCEPT`,
    ]);
  });

  test("a proxy that listens on one address has all sent there", () => {
    lab = new Lab({ proxy: { listenIP: "192.168.10.99" as IpAddress, hostIP: "192.168.10.99" as IpAddress } });
    lab.start([service("web")]);
    const port = lab.proxyPort("ns/web:http")!;
    const target = `-j DNAT --to-destination 192.168.10.99:${port}`;
    expect(lab.allRules().every((text) => text.endsWith(target))).toBe(true);
    expect([lab.listens("TCP", port), lab.listens("TCP", port, "192.168.10.99")]).toEqual([false, true]);
  });

  test("a start empties what an earlier kube-proxy has left, whose ports are nobody's any more", () => {
    lab.start([service("old")]);
    const again = new Lab();
    for (const [key, chain] of lab.chains) again.chains.set(key, chain);
    again.start([service("new")]);
    expect(again.allRules().filter((text) => text.includes("ns/old"))).toEqual([]);
    expect(again.rules("nat", "PREROUTING")).toHaveLength(2);
  });

  test("what somebody else has deleted is there again after the next sync", () => {
    lab.start([service("web")]);
    const before = lab.allRules();
    lab.chains.clear();
    lab.change([undefined, service("none", { clusterIP: "None" })]);
    expect(lab.allRules()).toEqual(before);
  });

  test("a clean-up leaves nothing", () => {
    lab.start([service("web", { ports: [{ port: 80, nodePort: 30080 }] })]);
    lab.run(removePortalChains);
    expect([...lab.chains.values()].flatMap(({ rules }) => rules)).toEqual([]);
    expect([...lab.chains.keys()].filter((key) => key.includes("KUBE-"))).toEqual([]);
  });
});

// The facts of pkg/proxy/userspace/proxier_test.go.
describe("proxies", () => {
  const web = service("web");

  test.each(["TCP", "UDP"] as const)("%s: added, deleted, added again", (protocol) => {
    const one = service("web", { ports: [{ name: "http", port: 80, protocol }] });
    lab.start([one]);
    const port = lab.proxyPort("ns/web:http")!;
    expect(lab.listens(protocol, port)).toBe(true);
    const stale = lab.change([one, undefined]);
    expect(stale).toEqual(protocol === "UDP" ? [addressWords("10.96.0.80" as IpAddress)] : []);
    expect([lab.listens(protocol, port), lab.allRules()]).toEqual([false, []]);
    lab.change([undefined, one]);
    expect(lab.listens(protocol, lab.proxyPort("ns/web:http")!)).toBe(true);
  });

  test("each port of a Service has its own, and one that is taken away goes alone", () => {
    const two = service("web", {
      ports: [
        { name: "p", port: 80 },
        { name: "q", port: 81, protocol: "UDP" },
      ],
    });
    lab.start([two]);
    expect([...lab.proxier.served].map(({ name }) => name)).toEqual(["ns/web:p", "ns/web:q"]);
    const p = lab.proxyPort("ns/web:p");
    lab.change([two, service("web", { ports: [{ name: "p", port: 80 }] })]);
    expect([lab.proxyPort("ns/web:p"), lab.proxyPort("ns/web:q")]).toEqual([p, undefined]);
  });

  test.each<[string, Service]>([
    ["protocol", service("web", { ports: [{ name: "http", port: 80, protocol: "UDP" }] })],
    ["port", service("web", { ports: [{ name: "http", port: 81 }] })],
    ["node port", service("web", { ports: [{ name: "http", port: 80, nodePort: 30080 }] })],
    ["cluster IP", service("web", { clusterIP: "10.96.0.81" })],
    ["external IPs", service("web", { externalIPs: ["198.51.100.1"] })],
    ["load balancer's IP", service("web", {}, ["203.0.113.1"])],
    ["affinity", service("web", { sessionAffinity: "ClientIP" })],
  ])("another %s makes it listen on another port", (_, after) => {
    lab.start([web]);
    const before = lab.proxyPort("ns/web:http")!;
    lab.change([web, after]);
    const port = lab.proxyPort("ns/web:http")!;
    expect(port).not.toBe(before);
    expect(lab.listens("TCP", before)).toBe(false);
    expect(lab.allRules().some((text) => text.includes(`${before}`))).toBe(false);
    lab.change([after, web]);
    expect(lab.allRules()).toHaveLength(2);
  });

  test("another time to stick, or another label, changes nothing", () => {
    const sticky = (timeoutSeconds: number): Service =>
      service("web", { sessionAffinity: "ClientIP", sessionAffinityConfig: { clientIP: { timeoutSeconds } } });
    lab.start([sticky(10)]);
    const before = lab.proxyPort("ns/web:http");
    lab.change([sticky(10), sticky(20)]);
    expect(lab.proxyPort("ns/web:http")).toBe(before);
  });

  test("Services that become headless, an ExternalName or another proxy's are served no more", () => {
    const labelled = {
      ...web,
      metadata: { ...web.metadata, labels: { "service.kubernetes.io/service-proxy-name": "x" } },
    };
    for (const after of [service("web", { clusterIP: "None" }), service("web", { type: "ExternalName" }), labelled]) {
      const other = new Lab();
      other.start([web]);
      other.change([web, after]);
      expect([...other.proxier.served]).toEqual([]);
      other.change([after, web]);
      expect([...other.proxier.served]).toHaveLength(1);
    }
  });
});

describe("what cannot be", () => {
  const logged = (): string[] => lab.proxier.problems.map(({ line }) => line.text);

  test("SCTP is not supported; the Service's other ports are served", () => {
    lab.start([
      service("web", {
        ports: [
          { name: "s", port: 81, protocol: "SCTP" },
          { name: "http", port: 80 },
        ],
      }),
    ]);
    expect(lab.proxier.problems).toEqual([
      {
        servicePort: "ns/web:s",
        line: error("Failed to start proxy", {
          err: "SCTP is not supported for user space proxy",
          serviceName: "ns/web:s",
        }),
      },
    ]);
    expect(lab.proxyPort("ns/web:http")).toBeDefined();
  });

  test("a range that is used up leaves Services without a proxy until they change", () => {
    lab = new Lab({ portRange: { base: 40000, size: 1 } });
    const a = service("a");
    const b = service("b", { clusterIP: "10.96.0.81" });
    lab.start([a, b]);
    expect(logged()).toEqual([
      '"Failed to allocate proxy port" err="port allocation failed; there are no remaining ports left to allocate in the accepted range" serviceName="ns/b:http"',
    ]);
    lab.change([a, undefined]);
    expect(lab.proxyPort("ns/b:http")).toBeUndefined();
    lab.change([b, service("b", { clusterIP: "10.96.0.82" })]);
    expect([lab.proxyPort("ns/b:http"), lab.proxier.problems]).toEqual([40000, []]);
  });

  test("a node port among the proxies' ports is taken by whoever comes first", () => {
    lab = new Lab({ portRange: { base: 30080, size: 1 } });
    lab.start([service("web", { ports: [{ name: "http", port: 80, nodePort: 30080 }] })]);
    expect(logged()).toEqual([
      '"Failed to ensure portal" err="can\'t open node port for <nil>:30080/TCP: listen tcp :30080: bind: address already in use" servicePortName="ns/web:http"',
    ]);
    expect(lab.rules("nat", "KUBE-NODEPORT-CONTAINER")).toEqual([]);
  });

  test("of two Services with one of the node's own addresses and ports the second is told of a conflict, and stays", () => {
    const parts = { externalIPs: ["192.168.10.11", "198.51.100.1"] };
    const a = service("a", parts);
    const b = service("b", { ...parts, clusterIP: "10.96.0.81" });
    lab.start([a]);
    lab.change([undefined, b]);
    expect(logged()).toEqual([
      '"Failed to ensure portal" err="Port conflict detected on port 192.168.10.11:80/TCP.  ns/b:http vs ns/a:http" servicePortName="ns/b:http"',
    ]);
    // What comes after the conflict in its list is not opened, and it cannot be closed any more.
    expect(lab.allRules().filter((text) => text.includes("ns/b:http") && text.includes("198.51.100.1"))).toEqual([]);
    lab.change([b, undefined]);
    expect(lab.proxyPort("ns/b:http")).toBeDefined();
  });

  test("a cluster IP of the other family gets no rule", () => {
    lab.start([service("web", { clusterIP: "fd00::80" })]);
    expect(lab.allRules()).toEqual([]);
    expect(logged()).toEqual([expect.stringContaining("iptables v1.8.9 (nf_tables): invalid mask `128' specified")]);
  });
});

describe("connections", () => {
  const client = { source: [1], sourcePort: 1000 };

  test("Endpoints are heard of when they come, and those of nobody's Service wait for it", () => {
    lab.start([], [endpointsOf("web", "10.1.0.1")]);
    lab.change([undefined, service("web")]);
    const socket = () => lab.proxier.listener("TCP", [1], lab.proxyPort("ns/web:http")!);
    expect(socket()?.dial(client, 0)?.endpoint.text).toBe("10.1.0.1:8080");
    lab.run((iptables) =>
      lab.proxier.change(iptables, [
        { kind: "Endpoints", before: endpointsOf("web", "10.1.0.1"), after: endpointsOf("web", "10.1.0.2") },
      ]),
    );
    expect(socket()?.dial(client, 0)?.endpoint.text).toBe("10.1.0.2:8080");
  });

  test("a UDP client keeps its endpoint and port while it goes on sending", () => {
    const dns = service("dns", { ports: [{ name: "http", port: 53, protocol: "UDP" }] });
    const two = { ...endpointsOf("dns", "10.1.0.1") };
    const both: Endpoints = { ...two, subsets: [...two.subsets!, ...endpointsOf("dns", "10.1.0.2").subsets!] };
    lab.start([dns], [both]);
    const socket = lab.proxier.listener("UDP", [1], lab.proxyPort("ns/dns:http")!)!;
    const first = socket.dial(client, 0)!;
    lab.clock.advance(200);
    expect(socket.dial(client, 0)).toMatchObject({ endpoint: first.endpoint, sourcePort: first.sourcePort });
    lab.clock.advance(200);
    expect(socket.dial(client, 0)).toMatchObject({ endpoint: first.endpoint, choice: undefined });
    lab.clock.advance(250);
    expect(socket.dial(client, 0)?.endpoint).not.toBe(first.endpoint);
    socket.refused(client);
    expect(socket.dial(client, 0)?.endpoint).toBe(first.endpoint);
  });

  test("a copy goes its own way", () => {
    const both: Endpoints = {
      ...endpointsOf("web", "10.1.0.1"),
      subsets: [...endpointsOf("web", "10.1.0.1").subsets!, ...endpointsOf("web", "10.1.0.2").subsets!],
    };
    lab.start([service("web")], [both]);
    const port = lab.proxyPort("ns/web:http")!;
    const copy = lab.proxier.fork(seededRandom("copy"), lab.clock);
    const dial = (of: UserspaceProxier) => of.listener("TCP", [1], port)!.dial(client, 0);
    expect(dial(copy)).toEqual(dial(lab.proxier));
    dial(copy);
    expect(dial(copy)?.endpoint).not.toEqual(dial(lab.proxier)?.endpoint);
  });
});
