import type { Pod, PodSpec } from "@kubenetsim/core/model/pod";
import { describe, expect, it } from "vitest";
import type { KubeletDns } from "./dns-settings.ts";
import { podDns } from "./pod-dns.ts";
import { hostsText, podHostname, resolvConfText } from "./pod-files.ts";
import { fitLimits } from "./resolv-conf-limits.ts";

const kubelet: KubeletDns = {
  clusterDns: ["10.96.0.10"],
  clusterDomain: "cluster.local",
  nodeResolvConf:
    "# a node's\nnameserver 10.0.0.53\nnameserver 10.0.0.54\nsearch . corp.example. svc.cluster.local\noptions ndots:2 rotate\n",
  nodeHosts: "127.0.0.1 localhost\n172.18.0.2 n1\n",
  nodeAddresses: ["172.18.0.2", "fd00::2"],
};

function pod(spec: Partial<PodSpec> = {}, name = "client"): Pod {
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "shop", uid: "u-1" },
    spec: { containers: [], ...spec },
    status: { podIPs: [{ ip: "10.244.1.9" }, { ip: "fd00:10:244:1::9" }] },
  };
}

const text = (spec: Partial<PodSpec>, other: Partial<KubeletDns> = {}): string =>
  resolvConfText(podDns(pod(spec), { ...kubelet, ...other }).settings);

const ofCluster = `search shop.svc.cluster.local svc.cluster.local cluster.local corp.example
nameserver 10.96.0.10
options ndots:5
`;
const ofNode = `search corp.example svc.cluster.local
nameserver 10.0.0.53
nameserver 10.0.0.54
options ndots:2 rotate
`;

describe("a Pod's resolv.conf", () => {
  it.each<[string, Partial<PodSpec>, string]>([
    ["asks the cluster first unless told otherwise", {}, ofCluster],
    ["is the node's under Default", { dnsPolicy: "Default" }, ofNode],
    ["is the node's on the node's network", { dnsPolicy: "ClusterFirst", hostNetwork: true }, ofNode],
    [
      "asks the cluster there too if it says so",
      { dnsPolicy: "ClusterFirstWithHostNet", hostNetwork: true },
      ofCluster,
    ],
    [
      "holds nothing but its dnsConfig under None",
      {
        dnsPolicy: "None",
        dnsConfig: { nameservers: ["1.1.1.1"], searches: ["x.example"], options: [{ name: "ndots", value: "1" }] },
      },
      "search x.example\nnameserver 1.1.1.1\noptions ndots:1\n",
    ],
    [
      "takes the dnsConfig besides, each once, the Pod's options first",
      {
        dnsConfig: {
          nameservers: ["10.96.0.10", "1.1.1.1"],
          searches: ["cluster.local", "x.example"],
          options: [{ name: "ndots", value: "2" }, { name: "edns0" }],
        },
      },
      "search shop.svc.cluster.local svc.cluster.local cluster.local corp.example x.example\n" +
        "nameserver 10.96.0.10\nnameserver 1.1.1.1\noptions ndots:2 edns0\n",
    ],
  ])("%s", (_, spec, expected) => {
    expect(text(spec)).toBe(expected);
  });

  it("is the node's where the kubelet knows no kube-dns, and events say so", () => {
    const { settings, events } = podDns(pod(), { ...kubelet, clusterDns: [] });
    expect(resolvConfText(settings)).toBe(ofNode);
    expect(events).toEqual([
      {
        reason: "MissingClusterDNS",
        message:
          'pod: "client_shop(u-1)". kubelet does not have ClusterDNS IP configured and cannot create Pod using "ClusterFirst" policy. Falling back to "Default" policy.',
      },
    ]);
  });

  it("asks the node itself where the node has no resolv.conf", () => {
    expect(text({ dnsPolicy: "Default" }, { nodeResolvConf: undefined })).toBe(
      "search .\nnameserver 127.0.0.1\nnameserver ::1\n",
    );
    expect(text({}, { nodeResolvConf: undefined, clusterDomain: "" })).toBe("nameserver 10.96.0.10\noptions ndots:5\n");
  });
});

describe("the limits of a resolv.conf", () => {
  const searches = (count: number, length = 5): string[] =>
    Array.from({ length: count }, (_, index) => String(index).padEnd(length, "d"));
  const left = (all: readonly string[]): number =>
    fitLimits({ nameservers: [], searches: all, options: [] }).settings.searches.length;

  it("are 32 domains of 253 characters, 2048 in all", () => {
    expect([left(searches(32)), left(searches(33))]).toEqual([32, 32]);
    expect([left(searches(2, 253)), left(searches(2, 254))]).toEqual([2, 0]);
    const full = ["d".repeat(128), ...searches(15, 127)];
    expect(full.join(" ")).toHaveLength(2048);
    expect([left(full), left([...full, "b"])]).toEqual([16, 16]);
  });

  it("are three nameservers, and events tell what is left", () => {
    const { settings, events } = fitLimits({
      nameservers: ["1", "2", "3", "4"],
      searches: searches(33, 2),
      options: [],
    });
    expect(settings.nameservers).toEqual(["1", "2", "3"]);
    expect(events.map(({ message }) => message)).toEqual([
      "Nameserver limits were exceeded, some nameservers have been omitted, the applied nameserver line is: 1 2 3",
      `Search Line limits were exceeded, some search paths have been omitted, the applied search line is: ${searches(32, 2).join(" ")}`,
    ]);
  });
});

describe("a Pod's /etc/hosts", () => {
  const hostAliases = [{ ip: "192.168.1.10", hostnames: ["web.aliangedu.cn", "web"] }];

  it("has its addresses with its names, and its aliases", () => {
    expect(hostsText(pod({ hostname: "web-0", subdomain: "web", hostAliases }), kubelet)).toBe(
      [
        "# Kubernetes-managed hosts file.",
        "127.0.0.1\tlocalhost",
        "::1\tlocalhost ip6-localhost ip6-loopback",
        "fe00::0\tip6-localnet",
        "fe00::0\tip6-mcastprefix",
        "fe00::1\tip6-allnodes",
        "fe00::2\tip6-allrouters",
        "10.244.1.9\tweb-0.web.shop.svc.cluster.local\tweb-0",
        "fd00:10:244:1::9\tweb-0.web.shop.svc.cluster.local\tweb-0",
        "",
        "# Entries added by HostAliases.",
        "192.168.1.10\tweb.aliangedu.cn\tweb",
        "",
      ].join("\n"),
    );
    expect(hostsText(pod(), kubelet).split("\n").slice(-3)).toEqual([
      "10.244.1.9\tclient",
      "fd00:10:244:1::9\tclient",
      "",
    ]);
  });

  it("is the node's on the node's network", () => {
    expect(hostsText(pod({ hostNetwork: true, hostAliases }), kubelet)).toBe(
      "# Kubernetes-managed hosts file (host network).\n127.0.0.1 localhost\n172.18.0.2 n1\n\n" +
        "# Entries added by HostAliases.\n192.168.1.10\tweb.aliangedu.cn\tweb\n",
    );
  });

  it("has names of at most 63 characters", () => {
    const long = `${"a".repeat(62)}-${"b".repeat(10)}`;
    expect(podHostname(pod({}, long), "cluster.local").hostname).toBe("a".repeat(62));
    expect(podHostname(pod({ hostnameOverride: "x.example", subdomain: "web" }), "cluster.local")).toEqual({
      hostname: "x.example",
      domain: "",
    });
  });
});
