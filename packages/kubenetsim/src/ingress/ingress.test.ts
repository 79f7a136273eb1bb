import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";

const controller = `
apiVersion: v1
kind: Namespace
metadata: { name: ingress-nginx }
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: v1
kind: ConfigMap
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
---
apiVersion: v1
kind: Service
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
spec:
  type: NodePort
  selector: { app: ingress-nginx }
  ports:
    - { name: http, port: 80, targetPort: http }
    - { name: https, port: 443, targetPort: https }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: ingress-nginx-controller, namespace: ingress-nginx }
spec:
  selector: { matchLabels: { app: ingress-nginx } }
  template:
    metadata: { labels: { app: ingress-nginx } }
    spec:
      containers:
        - name: controller
          image: registry.example/ingress-nginx/controller:v1.15.1
          args:
            - /nginx-ingress-controller
            - --controller-class=k8s.io/ingress-nginx
            - --configmap=$(POD_NAMESPACE)/ingress-nginx-controller
          env:
            - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
            - { name: POD_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
          ports:
            - { name: http, containerPort: 80 }
            - { name: https, containerPort: 443 }
`;

const shop = `
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: apps/v1
kind: Deployment
metadata: { name: web, namespace: shop }
spec:
  replicas: 2
  selector: { matchLabels: { app: web } }
  template:
    metadata: { labels: { app: web } }
    spec: { containers: [{ name: web, image: web, ports: [{ containerPort: 8080 }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: web, namespace: shop }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web, namespace: shop }
spec:
  ingressClassName: nginx
  rules:
    - host: shop.test
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: 80 } } } }] }
`;

function cluster(options: ClusterOptions = {}, text = `${controller}---${shop}`): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], ...options });
  lab.apply(text, { source: "shop.yaml" });
  lab.settle();
  return lab;
}

function view(lab: Cluster, pod = "ingress-nginx/ingress-nginx-controller") {
  return lab.pod(pod).ingressController!;
}

describe("ingress-nginx in a Pod", () => {
  it("has its configuration as soon as the cluster has settled, and works in what comes later when that has", () => {
    const lab = cluster();
    expect(view(lab).configuration?.servers.map(({ hostname }) => hostname)).toEqual(["_", "shop.test"]);
    expect(view(lab).listens.map(({ port }) => port)).toEqual([80, 443]);
    lab.kubectl("-n shop create ingress more --class=nginx --rule=more.test/*=web:80");
    expect(view(lab).configuration?.servers.map(({ hostname }) => hostname)).toEqual(["_", "more.test", "shop.test"]);
  });

  it("makes no difference when somebody looks", () => {
    const change = "-n shop create ingress more --class=nginx --rule=more.test/*=web:80";
    const [early, late] = [cluster(), cluster()];
    view(early);
    for (const lab of [early, late]) {
      lab.kubectl(change);
      lab.clock.advance(60_000);
    }
    expect(view(late).logText).toBe(view(early).logText);
    expect(view(late).configuration).toEqual(view(early).configuration);
  });
});
