import { createHash } from "node:crypto";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { kubeProxyConfigMap } from "./kube-proxy-config-map.ts";

const nodes = ["n1", "n2"];

describe("a cluster as kubeadm makes it", () => {
  it("keeps kube-proxy's configuration in a ConfigMap", () => {
    const lab = Cluster.create({ nodes, kubeadm: true });
    expect(lab.kubectl`get configmap kube-proxy -n kube-system -o jsonpath='{.data.config\.conf}'`.stdout).toMatch(
      /^apiVersion: kubeproxy\.config\.k8s\.io\/v1alpha1\nbindAddress: 0\.0\.0\.0\n[\s\S]*\nmode: ""\n[\s\S]*\n {2}sourceVip: ""$/,
    );
    expect(lab.proxyConfig).toMatchObject({ mode: "iptables", clusterCIDRs: ["10.244.0.0/16"] });
    expect(Cluster.create({ nodes, kubeadm: true, proxyMode: "ipvs" }).proxyMode).toBe("ipvs");
  });

  it("has in it what the Go type writes", () => {
    const text = kubeProxyConfigMap({
      mode: "",
      clusterCIDR: "10.244.0.0/16",
      apiServer: { address: "fd00::2", port: 6443 },
    });
    expect(text.data?.["kubeconfig.conf"]).toContain("server: https://[fd00::2]:6443\n");
    expect(Object.keys(text.data ?? {})).toEqual(["config.conf", "kubeconfig.conf"]);
    const both = `${text.data?.["config.conf"]}${text.data?.["kubeconfig.conf"]}`;
    const hash = createHash("sha256").update(both).digest("hex");
    expect(text.metadata.annotations).toEqual({ "kubeadm.kubernetes.io/component-config.hash": `sha256:${hash}` });
  });

  it("takes a changed configuration node by node, as kube-proxy's Pods are deleted", () => {
    const lab = Cluster.create({ nodes, kubeadm: true });
    lab.kubectl`create service clusterip web --tcp=80:80`;
    const edit = (text: string): string =>
      text.replace('mode: ""', "mode: ipvs").replace('scheduler: ""', 'scheduler: "rr"');
    expect(lab.kubectl("edit configmap kube-proxy -n kube-system", { edit }).stdout).toBe(
      "configmap/kube-proxy edited\n",
    );
    expect(nodes.map((name) => lab.node(name).proxyMode)).toEqual(["iptables", "iptables"]);
    const podsOf = (node: string): string[] =>
      lab.kubectl`get pods -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=${node} -o name`.stdout
        .trim()
        .split("\n");
    const before = podsOf("n2");
    lab.kubectl`delete pod -n kube-system -l k8s-app=kube-proxy --field-selector spec.nodeName=n2`;
    expect(nodes.map((name) => lab.node(name).proxyMode)).toEqual(["iptables", "ipvs"]);
    expect(podsOf("n2")).toHaveLength(1);
    expect(podsOf("n2")).not.toEqual(before);
    expect(lab.node("n2").sh`ipvsadm -L -n | grep -c rr`.stdout).toBe("5\n");
    expect(lab.node("n1").sh`ipvsadm -L -n | grep -c rr`).toMatchObject({ stdout: "0\n", exitCode: 1 });
    lab.kubectl`delete pod -n kube-system -l k8s-app=kube-proxy`;
    expect(nodes.map((name) => lab.node(name).proxyMode)).toEqual(["ipvs", "ipvs"]);
  });

  it("runs kube-proxy as a DaemonSet, on every node that joins", () => {
    const lab = Cluster.create({ nodes, kubeadm: true });
    const wide = (): string[] => lab.kubectl`get daemonsets -n kube-system --no-headers`.stdout.split(/ +/).slice(0, 6);
    expect(wide()).toEqual(["kube-proxy", "2", "2", "2", "2", "2"]);
    expect(lab.list("ServiceAccount").map(({ metadata }) => metadata.name)).toEqual(["kube-proxy", "coredns"]);
    lab.kubectl`cordon n1`;
    const node = lab.get("Node", "n2")!;
    lab.apply(JSON.stringify({ ...node, metadata: { name: "n3", labels: node.metadata.labels } }));
    lab.settle();
    expect(wide()).toEqual(["kube-proxy", "3", "3", "3", "3", "3"]);
  });

  it("has kube-proxy in Pods, and no service of systemd", () => {
    const lab = Cluster.create({ nodes, kubeadm: true });
    expect(lab.node("n1").sh`systemctl restart kube-proxy`).toEqual({
      stdout: "",
      stderr: "Failed to restart kube-proxy.service: Unit kube-proxy.service not found.\n",
      exitCode: 5,
    });
  });

  it("is not made unless it is asked for, and of no other options", () => {
    expect(Cluster.create({ nodes }).list("Pod")).toEqual([]);
    expect(Cluster.create({ nodes, kubeadm: false }).list("ConfigMap")).toEqual([]);
    expect(() => Cluster.create({ nodes, kubeadm: true, kubeProxy: {} })).toThrow(ParseError);
    expect(() => Cluster.create({ kubeadm: "yes" as unknown as boolean })).toThrow(ParseError);
  });
});
