import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import type { LoadBalancerOption } from "./declared-balancers.ts";

const client = "198.51.100.9";
const nodes = ["n1", "n2", "n3"];

/** The controller's Pods, of a Deployment or a DaemonSet. */
function controller(kind: "Deployment" | "DaemonSet", spec = ""): string {
  return `
apiVersion: v1
kind: Namespace
metadata: {name: ingress-nginx}
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: {name: nginx}
spec: {controller: k8s.io/ingress-nginx}
---
apiVersion: apps/v1
kind: ${kind}
metadata: {name: controller, namespace: ingress-nginx}
spec:
  selector: {matchLabels: {app: ingress-nginx}}
  template:
    metadata: {labels: {app: ingress-nginx}}
    spec:
      ${spec}
      containers:
        - name: controller
          image: registry.example/ingress-nginx/controller:v1.15.1
          args: [/nginx-ingress-controller, --controller-class=k8s.io/ingress-nginx, --configmap=$(POD_NAMESPACE)/controller]
          env:
            - {name: POD_NAME, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
            - {name: POD_NAMESPACE, valueFrom: {fieldRef: {fieldPath: metadata.namespace}}}
          ports: [{name: http, containerPort: 80}, {name: https, containerPort: 443}]
---
apiVersion: v1
kind: ConfigMap
metadata: {name: controller, namespace: ingress-nginx}
---
`;
}

const shop = `
apiVersion: v1
kind: Namespace
metadata: {name: shop}
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: 2
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: {name: web, namespace: shop}
spec:
  ingressClassName: nginx
  rules:
    - host: shop.test
      http: {paths: [{path: /, pathType: Prefix, backend: {service: {name: web, port: {number: 80}}}}]}
---
`;

function balanced(spec = ""): string {
  return `
apiVersion: v1
kind: Service
metadata: {name: controller, namespace: ingress-nginx}
spec:
  type: LoadBalancer
  selector: {app: ingress-nginx}
  ports: [{name: http, port: 80, targetPort: http}, {name: https, port: 443, targetPort: https}]${spec}
---
`;
}

function lab(options: ClusterOptions, ...texts: string[]): Cluster {
  const cluster = Cluster.create({ nodes, ...options });
  cluster.apply(texts.join(""));
  cluster.settle();
  return cluster;
}

/** A user asks for the shop, whose name leads to an address; what the shop's Pod hears of the user's address. */
function visit(one: Cluster, address: string) {
  const trace = one.external(client).curl("http://shop.test/cart", { resolve: [`shop.test:80:${address}`] });
  const sent = trace.http?.forwarded[0]?.trace.http?.request.headers;
  return {
    trace,
    nodes: trace.request.hops.filter(({ hostKind }) => hostKind === "node").length,
    heard: sent?.["x-real-ip"],
  };
}

describe("user → public load balancer → Service's node port on every node → controller → Pod", () => {
  const onN1 = "nodeSelector: {kubernetes.io/hostname: n1}";

  it("takes another hop through kube-proxy, which hides the user", () => {
    const one = lab(
      { loadBalancerMode: "nat", loadBalancerAlgorithm: "round-robin" },
      controller("Deployment"),
      balanced(),
      shop,
    );
    const visits = nodes.map(() => visit(one, "203.0.113.1"));
    for (const { trace, heard } of visits) {
      expect(trace.http?.response?.status).toBe(200);
      expect(trace.http?.server).toMatch(/^pod ingress-nginx\/controller-/);
      expect(heard).toMatch(/^(192\.168\.10\.1\d|10\.244\.\d\.1)$/);
    }
    // The controller's Pod is on one of the three nodes: two of three users come in by another one first.
    expect(visits.map((one) => one.nodes).sort()).toEqual([1, 2, 2]);
  });

  it("goes straight to the controllers' nodes with policy Local, and the user's address stays", () => {
    const options = { loadBalancerMode: "nat", loadBalancerAlgorithm: "round-robin" } as const;
    const one = lab(options, controller("Deployment"), balanced("\n  externalTrafficPolicy: Local"), shop);
    for (const _ of nodes) expect(visit(one, "203.0.113.1")).toMatchObject({ nodes: 1, heard: client });
    const healthy = one
      .loadBalancer("ingress-nginx/controller")
      .listeners[0]!.targets.filter((target) => target.healthy);
    expect(healthy).toHaveLength(1);
  });

  it("hides the user behind a load balancer that is a proxy", () => {
    const one = lab(
      { loadBalancerMode: "proxy" },
      controller("Deployment", onN1),
      balanced("\n  externalTrafficPolicy: Local"),
      shop,
    );
    expect(visit(one, "203.0.113.1").heard).toBe("203.0.113.1");
  });
});

describe("user → public load balancer → controller on its nodes' network → Pod", () => {
  const listeners = [80, 443].map((port) => ({ port, targets: { nodes, port } }));
  const options = { loadBalancers: [{ name: "public", addresses: ["203.0.113.80"], listeners }] };
  const hostNetwork = "hostNetwork: true\n      dnsPolicy: ClusterFirstWithHostNet\n      nodeSelector: {edge: 'yes'}";

  function edge(): Cluster {
    const one = Cluster.create({ nodes, ...options });
    for (const name of ["n1", "n2"]) one.kubectl`label node ${name} edge=yes`;
    one.apply(controller("DaemonSet", hostNetwork) + shop);
    one.settle();
    return one;
  }

  it("takes no kube-proxy's way in, keeps the user's address, and leaves out nodes without a controller", () => {
    const one = edge();
    for (let i = 0; i < 4; i++) expect(visit(one, "203.0.113.80")).toMatchObject({ nodes: 1, heard: client });
    expect(one.loadBalancer("public").listeners[0]!.targets.map(({ name, reason }) => [name, reason])).toEqual([
      ["n1", undefined],
      ["n2", undefined],
      ["n3", "port 80: refused"],
    ]);
  });

  it("tells of the user by the PROXY protocol, to a controller that reads it", () => {
    const silent = { ...options.loadBalancers[0]!, mode: "proxy" } as const;
    const proxied = { ...silent, proxyProtocol: "v1" } as const;
    const answers = (settings: string, loadBalancer: LoadBalancerOption) => {
      const one = Cluster.create({ nodes, loadBalancers: [loadBalancer] });
      one.apply(controller("DaemonSet", "hostNetwork: true") + shop);
      one.apply(
        `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: controller, namespace: ingress-nginx}\ndata: {${settings}}\n`,
      );
      one.settle();
      const { trace, heard } = visit(one, "203.0.113.80");
      return [trace.http?.response?.status, trace.http?.failure?.code, heard];
    };
    expect(answers('use-proxy-protocol: "true"', proxied)).toEqual([200, undefined, client]);
    expect(answers("", proxied)).toEqual([400, undefined, undefined]);
    expect(answers('use-proxy-protocol: "true"', silent)).toEqual([undefined, 52, undefined]);
    expect(answers("", silent)).toEqual([200, undefined, "203.0.113.80"]);
  });

  it("refuses the user whose name leads to a node without a controller", () => {
    const one = edge();
    expect(visit(one, "192.168.10.12").trace.http?.response?.status).toBe(200);
    const { trace } = visit(one, "192.168.10.13");
    expect(trace.disposition).toBe("refused");
    expect(trace.reason).toBe("nothing listens on 80/tcp at node n3");
  });
});
