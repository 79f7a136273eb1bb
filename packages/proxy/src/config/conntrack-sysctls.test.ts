import { describe, expect, it } from "vitest";
import { conntrackSysctls } from "./conntrack-sysctls.ts";
import { defaultKubeProxyConfig, type KubeProxyConfig } from "./kube-proxy-config.ts";

const nothing: KubeProxyConfig["conntrack"] = {
  tcpEstablishedTimeoutSeconds: 0,
  tcpCloseWaitTimeoutSeconds: 0,
  udpTimeoutSeconds: 0,
  udpStreamTimeoutSeconds: 0,
  tcpBeLiberal: false,
};

const set = (conntrack: Partial<KubeProxyConfig["conntrack"]>, mode: KubeProxyConfig["mode"] = "iptables"): string[] =>
  [...conntrackSysctls({ ...defaultKubeProxyConfig, mode, conntrack: { ...nothing, ...conntrack } })].map(
    ([path, value]) => `${path.replace("net/netfilter/nf_conntrack_", "")}=${value}`,
  );

// upstream: conntrack.TestSetupConntrack
describe("the sysctls of connection tracking", () => {
  it.each<[Partial<KubeProxyConfig["conntrack"]>, string[]]>([
    [{}, []],
    [{ tcpEstablishedTimeoutSeconds: 5 }, ["tcp_timeout_established=5"]],
    [{ tcpCloseWaitTimeoutSeconds: 5 }, ["tcp_timeout_close_wait=5"]],
    [{ tcpBeLiberal: true }, ["tcp_be_liberal=1"]],
    [{ udpTimeoutSeconds: 5 }, ["udp_timeout=5"]],
    [{ udpStreamTimeoutSeconds: 5.9 }, ["udp_timeout_stream=5"]],
  ])("for %j", (conntrack, expected) => {
    expect(set(conntrack)).toEqual(expected);
  });

  it("of UDP and of liberality were not known when there was userspace mode", () => {
    const all = {
      tcpEstablishedTimeoutSeconds: 5,
      udpTimeoutSeconds: 5,
      udpStreamTimeoutSeconds: 5,
      tcpBeLiberal: true,
    };
    expect(set(all, "userspace")).toEqual(["tcp_timeout_established=5"]);
  });
});
