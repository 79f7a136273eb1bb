import { describe, expect, it } from "vitest";
import { testNode } from "../../test-node.ts";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "../config/kube-proxy-config.ts";
import type { ProxyNode } from "../snapshot/proxy-node.ts";
import { startLog } from "./start-log.ts";

const lines = (config: Partial<KubeProxyConfig>, on: Partial<ProxyNode> = {}): string[] =>
  startLog({ ...defaultKubeProxyConfig, ...config }, { ...testNode, ...on }).map(
    ({ level, text }) => `${level} ${text}`,
  );

/** Words of cmd/kube-proxy/app/server.go and server_linux.go of 1.37.2. */
describe("what kube-proxy logs when it starts", () => {
  it("in iptables mode without anything said of node ports", () => {
    expect(lines({})).toEqual([
      'info "Successfully retrieved NodeIPs" NodeIPs=["192.168.0.2"]',
      'error "Kube-proxy configuration may be incomplete or incorrect" err="nodePortAddresses is unset; NodePort connections will be accepted on all local IPs. Consider using `--nodeport-addresses primary`"',
      'info "kube-proxy running in dual-stack mode" primary ipFamily="IPv4"',
      'info "Using iptables Proxier"',
      'info "Setting route_localnet=1 to allow node-ports on localhost; to change this either disable iptables.localhostNodePorts (--iptables-localhost-nodeports) or set nodePortAddresses (--nodeport-addresses) to filter loopback addresses" ipFamily="IPv4"',
    ]);
  });

  it("without a mode, and in ipvs mode, with an event about the Node", () => {
    const event = (config: Partial<KubeProxyConfig>) =>
      startLog({ ...defaultKubeProxyConfig, ...config }, testNode).flatMap((line) => line.event ?? []);
    expect(event({ modeIsDefault: true })).toEqual([
      {
        type: "Warning",
        reason: "KubeProxyDefaultMode",
        action: "StartKubeProxy",
        note: expect.stringMatching(
          /^No kube-proxy mode specified: defaulting to 'iptables'\. .* switch to 'nftables'/,
        ),
      },
    ]);
    expect(event({ mode: "ipvs" })).toEqual([
      expect.objectContaining({
        reason: "IPVSDeprecation",
        note: expect.stringMatching(/removed in Kubernetes 1\.43/),
      }),
    ]);
    expect(event({ mode: "nftables" })).toEqual([]);
  });

  it.each<[Partial<KubeProxyConfig>, Partial<ProxyNode>, string]>([
    [
      { nodePortAddresses: ["fd00::/64"] },
      {},
      "cluster appears to be IPv4-primary but nodePortAddresses contains only IPv6 addresses; NodePort connections will be accepted on all local IPv4 IPs",
    ],
    [
      { nodePortAddresses: ["192.168.0.0/16"], clusterCIDRs: ["10.244.0.0/16", "fd00::/64"] },
      {},
      "cluster appears to be dual-stack but nodePortAddresses contains only IPv4 addresses; NodePort connections will be accepted on all local IPv6 IPs",
    ],
    [
      { nodePortAddresses: ["primary"], clusterCIDRs: ["fd00::/64"] },
      {},
      "cluster is IPv4-primary but clusterCIDRs contains only IPv6 addresses",
    ],
    [
      { nodePortAddresses: ["all"], clusterCIDRs: ["fd00::/64"] },
      { podCIDRs: ["fd00::/80"] },
      "[cluster is IPv4-primary but clusterCIDRs contains only IPv6 addresses, cluster is IPv4-primary but node.spec.podCIDRs contains only IPv6 addresses]",
    ],
  ])("of %j on %j", (config, on, problem) => {
    const errors = lines(config, on).filter((line) => line.startsWith("error"));
    expect(errors).toEqual([
      `error "Kube-proxy configuration may be incomplete or incorrect" err=${JSON.stringify(problem)}`,
    ]);
  });

  it("when it cannot tell Pods' traffic, or its own address", () => {
    expect(lines({ clusterCIDRs: [] }, { nodeIPs: [] })).toEqual(
      expect.arrayContaining([
        "info \"Can't determine this node's IP, assuming loopback; if this is incorrect, please set the --bind-address flag\"",
        'info "Detect-local-mode set to ClusterCIDR, but no cluster CIDR specified for primary IP family" ipFamily="IPv4" clusterCIDRs=null',
      ]),
    );
    expect(lines({ detectLocalMode: "NodeCIDR" }, { podCIDRs: ["fd00:10:244::/64"] })).toContain(
      'info "Detect-local-mode set to NodeCIDR, but no PodCIDR defined at node for primary IP family" ipFamily="IPv4" podCIDRs=["fd00:10:244::/64"]',
    );
    const lost = `timeout waiting for PodCIDR allocation on node "${testNode.name}"`;
    expect(lines({ detectLocalMode: "NodeCIDR" }, { podCIDRs: [] })).toEqual([
      `error "Error running ProxyServer" err=${JSON.stringify(lost)}`,
    ]);
  });

  // Words of cmd/kube-proxy/app/server_others.go of 1.25.16.
  it("in userspace mode what 1.25 says, which knows nothing of incomplete node port addresses", () => {
    expect(lines({ mode: "userspace" })).toEqual([
      'info "Detected node IP" address="192.168.0.2"',
      'info "Using userspace Proxier"',
      "info \"The userspace proxier is now deprecated and will be removed in a future release, please use 'iptables' or 'ipvs' instead\"",
    ]);
    expect(lines({ mode: "userspace" }, { nodeIPs: [] }).slice(0, 2)).toEqual([
      expect.stringContaining("Can't determine this node's IP, assuming 127.0.0.1;"),
      'info "Detected node IP" address="127.0.0.1"',
    ]);
  });
});
