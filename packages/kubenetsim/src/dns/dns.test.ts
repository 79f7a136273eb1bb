import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";

const shop = `
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: nginx, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: v1
kind: Service
metadata: { name: elsewhere, namespace: shop }
spec: { type: ExternalName, externalName: www.example.com }
---
apiVersion: v1
kind: Pod
metadata: { name: client, namespace: shop }
spec: { containers: [{ name: c, image: busybox }] }
`;

function cluster(options: ClusterOptions = {}): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], kubeadm: true, ...options });
  lab.apply(shop);
  lab.settle();
  return lab;
}

describe("a name asked in a Pod", () => {
  it.each(["iptables", "ipvs", "nftables"] as const)(
    "goes to a CoreDNS Pod by kube-dns's address, in %s mode",
    (proxyMode) => {
      const lab = cluster({ proxyMode });
      const found = lab.pod("shop/client").resolve("web");
      expect(found.addresses).toEqual([lab.get("Service", "shop/web")!.spec.clusterIP]);
      expect(found.foundAs).toBe("web.shop.svc.cluster.local.");
      expect(found.queries).toHaveLength(2);
      for (const { server, answeredBy, trace } of found.queries) {
        expect(server).toBe("10.96.0.10");
        expect(answeredBy).toMatch(/^pod kube-system\/coredns-/);
        expect(trace?.sent).toMatchObject({ protocol: "UDP", destination: "10.96.0.10", destinationPort: 53 });
        expect(trace?.received?.destination).toMatch(/^10\.244\./);
      }
    },
  );

  it("costs eight queries with all its labels but the last dot, by different replicas", () => {
    const { queries, addresses } = cluster().pod("shop/client").resolve("web.shop.svc.cluster.local");
    expect([queries.length, addresses.length]).toEqual([8, 1]);
    expect(new Set(queries.map(({ answeredBy }) => answeredBy)).size).toBeGreaterThan(1);
  });

  it("is opened by its first address, and the trace tells how it was found", () => {
    const trace = cluster().pod("shop/client").curl("http://web");
    expect(trace.disposition).toBe("delivered");
    expect(trace.lookup?.addresses[0]).toBe(trace.sent.destination);
  });

  it("does not exist for a node, which asks elsewhere", () => {
    const lab = cluster();
    expect(lab.node("n1").resolve("web.shop.svc.cluster.local").error).toBe("EAI_NONAME");
  });

  it("of the world is forwarded to the nodes' servers", () => {
    const lab = cluster({ dns: { upstream: { "www.example.com": ["93.184.216.34"] } } });
    expect(lab.pod("shop/client").resolve("www.example.com").addresses).toEqual(["93.184.216.34"]);
    expect(lab.pod("shop/client").resolve("elsewhere").addresses).toEqual(["93.184.216.34"]);
    expect(lab.node("n1").resolve("www.example.com").queries[0]?.answeredBy).toBe("upstream 192.168.10.1");
  });

  it("is known outside by the hosts file there, without a query", () => {
    const lab = cluster({ dns: { outsideHosts: "192.168.10.11 web.aliangedu.cn" } });
    const found = lab.external().resolve("web.aliangedu.cn");
    expect([found.source, found.addresses, found.queries]).toEqual(["files", ["192.168.10.11"], []]);
  });
});

describe("a Pod on the node's network", () => {
  const pod = (name: string, dnsPolicy: string): string => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: shop }
spec: { hostNetwork: true, dnsPolicy: ${dnsPolicy}, containers: [{ name: c, image: busybox }] }
`;

  it("asks as its dnsPolicy says", () => {
    const lab = cluster();
    lab.apply(pod("with", "ClusterFirstWithHostNet"));
    lab.apply(pod("without", "ClusterFirst"));
    lab.settle();
    expect(lab.pod("shop/with").resolve("web").addresses).toEqual([lab.get("Service", "shop/web")!.spec.clusterIP]);
    expect(lab.pod("shop/with").curl("http://web").disposition).toBe("delivered");
    expect(lab.pod("shop/without").resolve("web").error).toBe("EAI_NONAME");
    expect(lab.pod("shop/without").sh`cat /etc/resolv.conf`.stdout).toBe("nameserver 192.168.10.1\n");
    expect(lab.pod("shop/without").sh`head -n 1 /etc/hosts`.stdout).toBe(
      "# Kubernetes-managed hosts file (host network).\n",
    );
  });

  it("may be named by its Deployment", () => {
    const lab = cluster();
    expect(lab.pod("shop/web").sh`cat /etc/resolv.conf`.stdout).toContain("search shop.svc.cluster.local");
  });
});

describe("a function that stands for servers beyond the cluster", () => {
  const ask = (upstream: unknown): unknown =>
    cluster({ kubeadm: false, dns: { upstream: (() => upstream) as never } })
      .pod("shop/client")
      .resolve("a.example.");

  it("gives records or a response code, and is told so where it gives something else", () => {
    expect(ask("NXDOMAIN")).toMatchObject({ error: "EAI_NONAME" });
    const record = { name: "a.example.", type: "A", class: "IN", ttl: 5, address: "1.2.3.4" };
    expect(ask([record])).toMatchObject({ addresses: ["1.2.3.4"] });
    for (const wrong of [undefined, null, 5, "junk", ["1.1.1.1"], {}]) {
      expect(() => ask(wrong)).toThrow(/^dns\.upstream gave .*: neither records nor a response code$/);
    }
  });
});

describe("CoreDNS's Pods", () => {
  it("are missed: no endpoint, no answer", () => {
    const lab = cluster();
    lab.kubectl`scale deployment coredns -n kube-system --replicas=0`;
    const found = lab.pod("shop/client").resolve("web");
    expect([found.error, found.queries[0]?.outcome.kind]).toEqual(["EAI_AGAIN", "refused"]);
  });

  it("that say nothing cost a timeout each time, by the way that the port has taken", () => {
    const lab = cluster();
    lab.kubectl("edit configmap coredns -n kube-system", { edit: (text) => text.replace(".:53", ".:1053") });
    const [lost] = lab.list("Pod", "kube-system").filter(({ metadata }) => metadata.labels?.["k8s-app"] === "kube-dns");
    lab.kubectl`delete pod -n kube-system ${lost!.metadata.name}`;
    const lookups = Array.from({ length: 12 }, () => lab.pod("shop/client").resolve("web.shop.svc.cluster.local."));
    const slow = lookups.filter(({ tookMs }) => tookMs > 0);
    expect([slow.length > 0, slow.length < lookups.length]).toEqual([true, true]);
    for (const { queries, tookMs, error } of slow) {
      expect([queries.length, tookMs, error]).toEqual([4, 10_000, "EAI_AGAIN"]);
      expect(new Set(queries.map(({ socket }) => socket)).size).toBe(1);
    }
  });

  it("read another Corefile some time after it was changed", () => {
    const lab = cluster();
    const insecure = "10-1-2-3.shop.pod.cluster.local.";
    const addresses = (): readonly string[] => lab.pod("shop/client").resolve(insecure).addresses;
    expect(addresses()).toEqual(["10.1.2.3"]);
    lab.kubectl("edit configmap coredns -n kube-system", {
      edit: (text) => text.replace("pods insecure", "pods disabled"),
    });
    expect(addresses()).toEqual(["10.1.2.3"]);
    lab.clock.advance(180_000);
    expect(addresses()).toEqual([]);
  });
});

describe("a CoreDNS behind another", () => {
  const second = (corefile: string): string => `
apiVersion: v1
kind: ConfigMap
metadata: { name: second, namespace: shop }
data: { Corefile: ${JSON.stringify(corefile)} }
---
apiVersion: v1
kind: Pod
metadata: { name: second, namespace: shop, labels: { app: second } }
spec:
  containers:
    - name: coredns
      image: coredns/coredns:1.15.0
      args: [-conf, /etc/coredns/Corefile]
      ports: [{ containerPort: 53, protocol: UDP }]
      volumeMounts: [{ name: config, mountPath: /etc/coredns }]
  volumes: [{ name: config, configMap: { name: second } }]
---
apiVersion: v1
kind: Service
metadata: { name: second, namespace: shop }
spec: { clusterIP: 10.96.5.5, selector: { app: second }, ports: [{ port: 53, protocol: UDP }] }
`;
  const behind = (forward: string): Cluster => {
    const lab = Cluster.create({ nodes: ["n1"], kubeadm: true });
    lab.apply(shop);
    lab.apply(
      second('.:53 {\n  template IN A a.example {\n    answer "{{ .Name }} 30 IN A 1.2.3.4"\n  }\n  cache 30\n}\n'),
    );
    const edit = (text: string): string =>
      text.replace("forward . /etc/resolv.conf", `forward . ${forward}`).replace(/cache 30 \{[^}]*\}/, "");
    lab.kubectl("edit configmap coredns -n kube-system", { edit });
    lab.kubectl`rollout restart deployment coredns -n kube-system`;
    return lab;
  };
  const ttl = (lab: Cluster): number | undefined => {
    const [query] = lab.pod("shop/client").resolve("a.example.", { families: ["IPv4"] }).queries;
    return query?.outcome.kind === "answered" ? query.outcome.message.answers[0]?.ttl : undefined;
  };

  it("has a cache that ages as time goes by", () => {
    const lab = behind("10.96.5.5");
    const seen = [ttl(lab)];
    lab.clock.advance(10_000);
    seen.push(ttl(lab));
    lab.clock.advance(60_000);
    seen.push(ttl(lab));
    expect(seen).toEqual([30, 20, 30]);
  });

  it("reads its changed Corefile though nobody but the other asks it", () => {
    const lab = cluster();
    const config = lab.get("ConfigMap", "kube-system/coredns")!;
    lab.apply(JSON.stringify({ ...config, data: { Corefile: ".:53 {\n  forward . 10.96.0.10\n}\n" } }));
    lab.settle();
    lab.clock.advance(300_000);
    const found = Array.from({ length: 4 }, () => lab.pod("shop/client").resolve("web.shop.svc.cluster.local."));
    expect(found.map(({ addresses }) => addresses.length)).toEqual([0, 0, 0, 0]);
  });

  it("makes its clients wait where it does not answer", () => {
    const { error, tookMs } = behind("10.250.1.1 10.250.1.2")
      .pod("shop/client")
      .resolve("a.example.", { families: ["IPv4"] });
    expect([error, tookMs >= 5000]).toEqual(["EAI_AGAIN", true]);
  });
});

describe("a Corefile that cannot be read", () => {
  it("leaves the old one running, until it is mended", () => {
    const lab = cluster();
    const edit = (from: string, to: string): void => {
      lab.kubectl("edit configmap coredns -n kube-system", { edit: (text) => text.replace(from, to) });
      lab.clock.advance(180_000);
    };
    const found = (): boolean => lab.pod("shop/client").resolve("10-1-2-3.shop.pod").error === undefined;
    edit("pods insecure", "pods impossible");
    expect(found()).toBe(true);
    edit("pods impossible", "pods disabled");
    expect(found()).toBe(false);
  });

  it("is never read where the plugin reload is missing", () => {
    const lab = cluster();
    const edit = (from: string, to: string) =>
      lab.kubectl("edit configmap coredns -n kube-system", { edit: (text) => text.replace(from, to) });
    edit("    reload\n", "");
    lab.clock.advance(180_000);
    const found = (): boolean => lab.pod("shop/client").resolve("10-1-2-3.shop.pod").error === undefined;
    expect(found()).toBe(true);
    edit("pods insecure", "pods disabled");
    lab.clock.advance(600_000);
    expect(found()).toBe(true);
    lab.kubectl`rollout restart deployment coredns -n kube-system`;
    expect(found()).toBe(false);
  });
});

describe("a CoreDNS that forwards to itself", () => {
  it("ends at its start, and says why", () => {
    const lab = cluster();
    const edit = (text: string): string => text.replace("forward . /etc/resolv.conf", "forward . 10.96.0.10");
    lab.kubectl("edit configmap coredns -n kube-system", { edit });
    lab.kubectl`rollout restart deployment coredns -n kube-system`;
    const { error, queries } = lab.pod("shop/client").resolve("web");
    expect(error).toBe("EAI_AGAIN");
    expect(queries[0]?.steps.map(({ text }) => text).join()).toMatch(
      /^CoreDNS has ended: .*Loop \(.*\) detected for zone "\."/,
    );
  });
});

describe("a cluster without kube-dns", () => {
  it("has a CoreDNS beside it, that is asked without packets", () => {
    const lab = cluster({ kubeadm: false });
    const { queries, addresses } = lab.pod("shop/client").resolve("web");
    expect(addresses).toEqual([lab.get("Service", "shop/web")!.spec.clusterIP]);
    expect(queries.map(({ answeredBy, trace }) => [answeredBy, trace])).toEqual([
      ["CoreDNS beside the cluster", undefined],
      ["CoreDNS beside the cluster", undefined],
    ]);
  });

  it("says what is not found", () => {
    const lab = cluster({ kubeadm: false });
    expect(() => lab.pod("shop/client").curl("http://wep")).toThrow(
      "could not resolve host wep for pod/shop/client: Name or service not known",
    );
  });
});
