import { ingressClusterYaml, pathTo } from "@kubenetsim/testing/ingress-cluster";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import { httpTraceText } from "./print/http-trace-text.ts";

const path = fc.constantFrom("/", "/a", "/a/b", "/a/", "/x.y", "/item/[0-9]+");
const ingress = fc
  .record({
    host: fc.constantFrom("a.test", "b.test", "*.test"),
    paths: fc.array(fc.tuple(path, fc.constantFrom("Exact", "Prefix")), { minLength: 1, maxLength: 3 }),
    annotations: fc.constantFrom<Record<string, string>>(
      {},
      { "use-regex": "true" },
      { "rewrite-target": "/new" },
      { affinity: "cookie" },
      { "upstream-hash-by": "$request_uri" },
    ),
  })
  .map(({ host, paths, annotations }) => ({
    annotations: Object.fromEntries(
      Object.entries(annotations).map(([name, value]) => [`nginx.ingress.kubernetes.io/${name}`, value]),
    ),
    spec: {
      ingressClassName: "nginx",
      rules: [{ host, http: { paths: paths.map(([each, type]) => pathTo("web", each, type)) } }],
    },
  }));
const ingresses = fc.array(ingress, { maxLength: 3 }).map((all) =>
  all
    .map(({ annotations, spec }, i) =>
      JSON.stringify({
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: `i${i}`, namespace: "shop", annotations },
        spec,
      }),
    )
    .join("\n---\n"),
);
const request = fc.record({
  host: fc.constantFrom("a.test", "b.test", "c.test", "shop.test", "deep.a.test", "none.example"),
  target: fc.constantFrom("/", "/a", "/a/b?x=1", "/ab", "/A", "/item/7", "//a/../b", "/%61"),
  scheme: fc.constantFrom("http", "https"),
  bodyBytes: fc.constantFrom(0, 5, 2_000_000),
});

function labOf(more: string): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2"], seed: "properties" });
  lab.apply(ingressClusterYaml(more === "" ? {} : { more }));
  lab.settle();
  return lab;
}

describe("any request", () => {
  it("is answered by the same bytes from the same seed, at one location, by one of the endpoints", () => {
    fc.assert(
      fc.property(ingresses, fc.array(request, { minLength: 1, maxLength: 6 }), (more, requests) => {
        const [one, two] = [labOf(more), labOf(more)];
        const endpoints = new Set(one.list("Pod", "shop").map(({ metadata }) => `pod shop/${metadata.name}`));
        for (const { host, target, scheme, bodyBytes } of requests) {
          const asked = (lab: Cluster) =>
            lab.external("198.51.100.7").curl(`${scheme}://${host}:${scheme === "http" ? 30080 : 30443}${target}`, {
              resolve: ["*:30080:192.168.10.12", "*:30443:192.168.10.12"],
              insecure: true,
              ...(bodyBytes > 0 && { bodyBytes }),
            });
          const trace = asked(one);
          expect(httpTraceText(asked(two))).toBe(httpTraceText(trace));
          // A file that nginx refuses from the start: there is none that it could go on with.
          const { listens } = one.pod("ingress-nginx/controller").ingressController!;
          if (listens.length === 0) {
            expect(trace.disposition).toBe("refused");
            continue;
          }
          const { steps, forwarded, response } = trace.http!;
          expect(response).toBeDefined();
          expect(steps.filter(({ phase }) => phase === "location")).toHaveLength(1);
          for (const { outcome, trace: behind } of forwarded) {
            expect(outcome).toBe("answered");
            expect(endpoints).toContain(behind.receiver);
          }
        }
      }),
      { numRuns: 15 },
    );
  });
});
