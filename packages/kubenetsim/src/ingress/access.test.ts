import { base64 } from "@kubenetsim/core/runtime/base64";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { PodAnswer } from "../http/pod-answer.ts";
import { formatWarning } from "../warnings/warning.ts";

function app(name: string, port: number): string {
  return `
apiVersion: apps/v1
kind: Deployment
metadata: { name: ${name}, namespace: shop }
spec:
  selector: { matchLabels: { app: ${name} } }
  template:
    metadata: { labels: { app: ${name} } }
    spec: { containers: [{ name: ${name}, image: ${name}, ports: [{ containerPort: ${port} }] }] }
---
apiVersion: v1
kind: Service
metadata: { name: ${name}, namespace: shop }
spec: { selector: { app: ${name} }, ports: [{ port: ${port}, targetPort: ${port} }] }
---`;
}

const root = madeCertificate({ commonName: "Root", isAuthority: true });
const own = madeCertificate({ commonName: "shop.test", dnsNames: ["shop.test"], issuer: root });

function clusterYaml(annotations: string, port = 8080): string {
  return `
apiVersion: v1
kind: Namespace
metadata: { name: ingress-nginx }
---
apiVersion: v1
kind: Namespace
metadata: { name: shop }
---
apiVersion: networking.k8s.io/v1
kind: IngressClass
metadata: { name: nginx }
spec: { controller: k8s.io/ingress-nginx }
---
apiVersion: v1
kind: Pod
metadata: { name: controller, namespace: ingress-nginx, labels: { app: in } }
spec:
  containers:
    - name: controller
      image: registry.example/ingress-nginx/controller:v1.15.1
      args: [/nginx-ingress-controller, --enable-ssl-passthrough]
      env:
        - { name: POD_NAME, valueFrom: { fieldRef: { fieldPath: metadata.name } } }
        - { name: POD_NAMESPACE, valueFrom: { fieldRef: { fieldPath: metadata.namespace } } }
      ports: [{ name: http, containerPort: 80 }, { name: https, containerPort: 443 }]
---
apiVersion: v1
kind: Service
metadata: { name: in, namespace: ingress-nginx }
spec: { selector: { app: in }, ports: [{ name: http, port: 80 }, { name: https, port: 443 }] }
---
${app("web", port)}
${app("auth", 8000)}
apiVersion: v1
kind: Secret
metadata: { name: own, namespace: shop }
type: kubernetes.io/tls
data: { tls.crt: ${base64(own.certificate)}, tls.key: ${base64(own.key)} }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: web
  namespace: shop
  annotations: ${annotations}
spec:
  ingressClassName: nginx
  tls: [{ hosts: [shop.test], secretName: own }]
  rules:
    - host: shop.test
      http: { paths: [{ path: /, pathType: Prefix, backend: { service: { name: web, port: { number: ${port} } } } }] }
`;
}

const prefix = "nginx.ingress.kubernetes.io";

function answer(pod: string, { headers }: { headers: Readonly<Record<string, string>> }): PodAnswer {
  if (!pod.startsWith("shop/auth")) return { status: 200, body: `user ${headers["x-user"] ?? "none"}` };
  const isKnown = headers.cookie === "session=1";
  return isKnown ? { status: 200, headers: { "x-user": "alice" } } : { status: 401 };
}

describe("who may come through a controller in the cluster", () => {
  const external = `{ "${prefix}/auth-url": "http://auth.shop.svc.cluster.local:8000/check", "${prefix}/auth-response-headers": X-User, "${prefix}/auth-signin": "https://login.test/", "${prefix}/ssl-redirect": "false", "${prefix}/enable-modsecurity": "true" }`;

  it("is asked of a Service by its name", () => {
    const lab = Cluster.create({ nodes: ["n1", "n2"], http: { answer } });
    lab.apply(clusterYaml(external));
    lab.settle();
    const pod = lab.pod("ingress-nginx/controller");
    const ask = (headers: Record<string, string>) =>
      pod.curl("http://shop.test/cart", { connectTo: ["::in.ingress-nginx:80"], headers }).http?.response;
    expect(ask({})).toMatchObject({
      status: 302,
      headers: { location: "https://login.test/?rd=http://shop.test%2Fcart" },
    });
    expect(ask({ Cookie: "session=1" })).toMatchObject({ status: 200, body: "user alice" });
  });

  it("is told of annotations that are not modelled, with their places", () => {
    const lab = Cluster.create({ nodes: ["n1", "n2"] });
    lab.apply(clusterYaml(external));
    lab.settle();
    expect(lab.warnings.map(formatWarning)).toContainEqual(
      expect.stringMatching(
        /:\d+: annotation nginx\.ingress\.kubernetes\.io\/enable-modsecurity of Ingress shop\/web is not modelled$/,
      ),
    );
  });

  it("trusts the certificate of a Secret by the one who signed it", () => {
    const lab = Cluster.create({ nodes: ["n1", "n2"] });
    lab.apply(clusterYaml("{}"));
    lab.settle();
    const pod = lab.pod("ingress-nginx/controller");
    const ask = (trusted: string[]) =>
      pod.curl("https://shop.test/", { connectTo: ["::in.ingress-nginx:443"], trusted }).http;
    expect(ask([])?.failure?.message).toBe("SSL certificate problem: unable to get local issuer certificate");
    expect(ask([root.certificate])?.response?.status).toBe(200);
  });

  it("goes past nginx where TLS is passed on", () => {
    const lab = Cluster.create({ nodes: ["n1", "n2"] });
    lab.apply(clusterYaml(`{ "${prefix}/ssl-passthrough": "true" }`, 8443));
    lab.settle();
    const pod = lab.pod("ingress-nginx/controller");
    const { http } = pod.curl("https://shop.test/", { connectTo: ["::in.ingress-nginx:443"], insecure: true });
    expect(http?.server).toMatch(/^pod shop\/web-/);
    expect(http?.tls?.certificate?.commonName).toMatch(/^web-/);
  });
});
