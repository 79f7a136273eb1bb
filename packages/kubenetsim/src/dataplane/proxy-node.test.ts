import { expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";

const node = (addresses: readonly { readonly type: string; readonly address: string }[]): string =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Node",
    metadata: { name: "n1" },
    spec: { podCIDR: "10.244.1.0/24" },
    status: { addresses: [{ type: "Hostname", address: "n1" }, ...addresses] },
  });

const nftables = "apiVersion: kubeproxy.config.k8s.io/v1alpha1\nkind: KubeProxyConfiguration\nmode: nftables\n";

/** The rule that finds node ports of IPv6: by the Node's IP of that family, or, without one, by any local address. */
function nodePortRule(made: Cluster): string | undefined {
  made.settle();
  const text = made.node("n1").run("nft list table ip6 kube-proxy");
  return /^.*vmap @service-nodeports$/m.exec(text)?.[0].trim();
}

it("takes ExternalIPs of the Node for its IPs, after InternalIPs", () => {
  const internal = { type: "InternalIP", address: "192.168.10.11" };
  const one = Cluster.create({ nodes: [] });
  one.apply(`${node([internal])}\n---\n${nftables}`, { source: "a" });
  const byAnyAddress = nodePortRule(one);
  one.apply(node([{ type: "ExternalIP", address: "2001:db8::11" }, internal]), { source: "b" });

  expect(byAnyAddress).toMatch(/^fib daddr type local/);
  expect(nodePortRule(one), "kube-proxy ends itself for another IP").toMatch(/^ip6 daddr @nodeport-ips/);
  expect(one.node("n1").kubeProxyLog[0]).toContain('NodeIPs=["192.168.10.11","2001:db8::11"]');
});

it("writes nothing in detectLocalMode NodeCIDR before its Node has a podCIDR, and says so", () => {
  const one = Cluster.create({ nodes: [] });
  const bare = { apiVersion: "v1", kind: "Node", metadata: { name: "n1" }, status: { addresses: [] } };
  one.apply(`${JSON.stringify(bare)}\n---\n${nftables}detectLocalMode: NodeCIDR\n`, { source: "a" });
  one.settle();
  expect(one.node("n1").nftList()).toBe("");
  expect(one.warnings.map(({ message }) => message).join("\n")).toContain("timeout waiting for PodCIDR allocation");

  one.apply(JSON.stringify({ ...bare, spec: { podCIDR: "10.244.1.0/24" } }), { source: "b" });
  one.settle();
  expect(one.node("n1").nftList()).toContain("table ip kube-proxy");
  expect(one.warnings.map(({ message }) => message).join("\n")).not.toContain("timeout waiting");
});
