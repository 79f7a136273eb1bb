import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { compareIngressControllers } from "./compare-ingress-controllers.ts";
import { ingressComparisonText } from "./ingress-comparison-text.ts";

const shop = (ingress: string): string => `
apiVersion: v1
kind: Service
metadata: { name: web }
spec: { selector: { app: web }, ports: [{ port: 80, targetPort: 8080 }] }
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata: { name: web }
spec:
  ingressClassName: nginx
${ingress.replace(/^/gm, "  ")}
`;
const backend = "{ service: { name: web, port: { number: 80 } } }";
const both = { from: "ingress-nginx", to: "traefik" } as const;

function labOf(ingress: string): Cluster {
  const lab = Cluster.create({ nodes: [] });
  lab.apply(shop(ingress));
  return lab;
}

describe("the same Ingresses under two controllers", () => {
  it("a prefix takes by elements here, by characters there", () => {
    const lab = labOf(
      `rules: [{ host: a.test, http: { paths: [{ path: /foo, pathType: Prefix, backend: ${backend} }] } }]`,
    );
    const { asked, changed } = compareIngressControllers(lab.state, both);
    expect(asked).toBeGreaterThan(8);
    expect(changed.map(({ request, before, after }) => [request.path, before.status, after.service])).toEqual([
      ["/foo//x", 200, "default/web"],
      ["/foox", 404, "default/web"],
    ]);
    expect(changed[1]!.after.why).toContain('Host("a.test") && PathPrefix("/foo")');
  });

  it("the default backend of an Ingress with rules is known here alone", () => {
    const lab = labOf(
      `defaultBackend: ${backend}\nrules: [{ host: a.test, http: { paths: [{ path: /x, pathType: Exact, backend: ${backend} }] } }]`,
    );
    const requests = [{ scheme: "http", host: "a.test", path: "/other" }] as const;
    const comparison = compareIngressControllers(lab.state, { ...both, requests });
    expect(ingressComparisonText(comparison)).toBe(
      "request              ingress-nginx  traefik\nhttp://a.test/other  default/web    404\n\n1 of 1 requests end otherwise\n",
    );
  });

  it("what chance decides is said to be so", () => {
    const rule = (host: string): string =>
      `{ host: "${host}", http: { paths: [{ path: /, pathType: Prefix, backend: ${backend} }] } }`;
    const lab = labOf(`rules: [${rule("*.a.test")}, ${rule("x.a.test")}]`);
    const requests = [{ scheme: "http", host: "x.a.test", path: "/" }] as const;
    const { changed } = compareIngressControllers(lab.state, { ...both, requests });
    expect(changed).toEqual([]);
    const nginxLast = { from: "traefik", to: "ingress-nginx", requests } as const;
    expect(compareIngressControllers(lab.state, nginxLast).changed).toEqual([]);
  });

  it("a controller does as it does itself", () => {
    const lab = labOf(
      `rules: [{ host: "*.a.test", http: { paths: [{ path: /foo/, pathType: Prefix, backend: ${backend} }] } }]`,
    );
    for (const name of ["ingress-nginx", "traefik"] as const) {
      expect(compareIngressControllers(lab.state, { from: name, to: name }).changed).toEqual([]);
    }
  });
});
