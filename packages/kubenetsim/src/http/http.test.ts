import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import {
  deploymentYaml,
  type IngressClusterParts,
  ingressClusterYaml,
  pathTo,
  serviceYaml,
} from "@kubenetsim/testing/ingress-cluster";
import { describe, expect, it } from "vitest";
import { Cluster } from "../cluster/cluster.ts";
import type { ClusterOptions } from "../cluster/cluster-options.ts";
import { CookieJar } from "./cookie-jar.ts";
import type { CurlOptions } from "./curl-options.ts";
import type { HttpTrace } from "./http-exchange.ts";

const client = "198.51.100.7";

function labOf(parts: IngressClusterParts = {}, options: ClusterOptions = {}): Cluster {
  const lab = Cluster.create({ nodes: ["n1", "n2", "n3"], ...options });
  lab.apply(ingressClusterYaml(parts), { source: "shop.yaml" });
  lab.settle();
  return lab;
}

/** Asks for shop.test at a node's port. */
function ask(lab: Cluster, path = "/", options: CurlOptions = {}, node = "192.168.10.11"): HttpTrace {
  const resolve = [`*:30080:${node}`, `*:30443:${node}`];
  return lab.external(client).curl(`http://shop.test:30080${path}`, { resolve, ...options });
}

function askTls(lab: Cluster, path = "/", options: CurlOptions = {}): HttpTrace {
  const resolve = ["*:30080:192.168.10.11", "*:30443:192.168.10.11"];
  return lab.external(client).curl(`https://shop.test:30443${path}`, { resolve, insecure: true, ...options });
}

function controllerNode(lab: Cluster): { name: string; address: string } {
  const pod = lab.list("Pod", "ingress-nginx")[0]!;
  const name = pod.spec.nodeName!;
  return { name, address: lab.get("Node", name)!.status!.addresses![0]!.address };
}

const texts = ({ http }: HttpTrace): string[] => http!.steps.map(({ phase, text }) => `${phase}: ${text}`);

describe("a request through the cluster", () => {
  it("goes by kube-proxy to the controller, and from there to a Pod", () => {
    const lab = labOf();
    const trace = ask(lab, "/cart?x=1");
    const { http } = trace;
    expect(trace.receiver).toMatch(/^pod ingress-nginx\/controller-/);
    expect(http?.response).toMatchObject({ status: 200, headers: { "content-type": "text/plain" } });
    expect(http!.forwarded).toHaveLength(1);
    const { trace: behind, outcome } = http!.forwarded[0]!;
    expect(outcome).toBe("answered");
    expect(behind.receiver).toMatch(/^pod shop\/web-/);
    // The Pod sees the controller's Pod.
    expect(behind.received!.source).toBe(lab.list("Pod", "ingress-nginx")[0]!.status!.podIP);
    expect(behind.http!.request).toMatchObject({ target: "/cart?x=1", host: "shop.test:30080" });
    expect(texts(trace)).toEqual([
      "server: shop.test for the host shop.test",
      'location: "/" for the path /cart, the longest beginning that fits',
      expect.stringMatching(/^upstream: 10\.244\.\d+\.\d+:8080 of shop-web-80 by round_robin: 200$/),
    ]);
  });

  it("says where the user's text asks for each step", () => {
    const { http } = ask(
      labOf({ annotations: { "rewrite-target": "/$1" }, path: ["/api/(.*)", "ImplementationSpecific"] }),
      "/api/x",
    );
    expect(
      http!.steps.map(({ phase, origin }) => [phase, origin?.object, origin?.field?.join("."), origin?.position?.line]),
    ).toEqual([
      ["server", "Ingress shop/web", "spec.rules.0.host", 17],
      ["location", "Ingress shop/web", "spec.rules.0.http.paths.0", 17],
      ["rewrite", "Ingress shop/web", "metadata.annotations.nginx.ingress.kubernetes.io/rewrite-target", 17],
      ["upstream", "Service shop/web", undefined, 15],
    ]);
    expect(http!.steps[1]!.text).toBe(
      '~* "^/api/(.*)" for the path /api/x, the first regular expression that fits, because host shop.test has a rewrite-target in Ingress shop/web',
    );
    expect(http!.forwarded[0]!.trace.http!.request.target).toBe("/x");
  });

  it("keeps the client's address with externalTrafficPolicy Local, and loses it with Cluster", () => {
    for (const externalTrafficPolicy of ["Cluster", "Local"] as const) {
      const lab = labOf({ externalTrafficPolicy });
      const { address } = controllerNode(lab);
      const seen = (node: string): string | undefined =>
        ask(lab, "/", {}, node).http?.forwarded[0]?.trace.http?.request.headers["x-forwarded-for"];
      if (externalTrafficPolicy === "Local") {
        expect(seen(address)).toBe(client);
        const other = ["192.168.10.11", "192.168.10.12"].find((each) => each !== address)!;
        expect(ask(lab, "/", {}, other).disposition).toBe("dropped");
      } else expect(seen(address)).not.toBe(client);
    }
  });

  it("lets a source range meet what SNAT has left of the address", () => {
    const annotations = { "whitelist-source-range": `${client}/32` };
    const cluster = labOf({ annotations });
    const refused = ask(cluster);
    expect(refused.http?.response).toMatchObject({ status: 403, headers: { "content-type": "text/html" } });
    expect(refused.http?.response?.body).toContain(
      "<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>",
    );
    expect(refused.http!.steps.at(-1)!.origin?.reason).toBe(`whitelist-source-range: ${client}/32`);
    const local = labOf({ annotations, externalTrafficPolicy: "Local" });
    expect(ask(local, "/", {}, controllerNode(local).address).http?.response?.status).toBe(200);
  });

  it("comes back to the same Pod by a cookie", () => {
    const lab = labOf({ annotations: { affinity: "cookie" }, replicas: 5 });
    const cookieJar = new CookieJar();
    const answering = (): string | undefined => ask(lab, "/", { cookieJar }).http!.forwarded[0]!.trace.receiver;
    const first = answering();
    expect(cookieJar.cookies).toMatchObject([{ name: "INGRESSCOOKIE", domain: "shop.test", path: "/" }]);
    for (let i = 0; i < 5; i++) expect(answering()).toBe(first);
    const others = new Set(Array.from({ length: 20 }, () => ask(lab).http!.forwarded[0]!.trace.receiver));
    expect(others.size).toBeGreaterThan(1);
  });

  it("sends requests with a header to the canary", () => {
    const canary = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: {
        name: "canary",
        namespace: "shop",
        annotations: {
          "nginx.ingress.kubernetes.io/canary": "true",
          "nginx.ingress.kubernetes.io/canary-by-header": "X-Canary",
        },
      },
      spec: {
        ingressClassName: "nginx",
        rules: [{ host: "shop.test", http: { paths: [pathTo("new", "/", "Prefix")] } }],
      },
    };
    const more = [canary, deploymentYaml("new", 1), serviceYaml("new")]
      .map((each) => JSON.stringify(each))
      .join("\n---\n");
    const lab = labOf({ more });
    const taken = ask(lab, "/", { headers: { "X-Canary": "always" } });
    expect(taken.http!.forwarded[0]!.trace.receiver).toMatch(/^pod shop\/new-/);
    const step = taken.http!.steps.find(({ phase }) => phase === "balancer")!;
    expect(step.text).toBe("backend shop-new-80 in the place of shop-web-80: canary by header X-Canary: always");
    expect(step.origin).toMatchObject({ object: "Ingress shop/canary", reason: "canary-by-header: X-Canary" });
    expect(ask(lab).http!.forwarded[0]!.trace.receiver).toMatch(/^pod shop\/web-/);
  });

  it("refuses a body that is too large, and takes one of just the limit", () => {
    const lab = labOf({ annotations: { "proxy-body-size": "1k" } });
    const { response, forwarded, steps } = ask(lab, "/", { bodyBytes: 1025 }).http!;
    expect([response?.status, response?.headers.connection, forwarded]).toEqual([413, "close", []]);
    expect(steps.at(-1)!.text).toBe("413: a body of 1025 bytes, at most 1024 are allowed");
    expect(ask(lab, "/", { bodyBytes: 1024 }).http!.response?.status).toBe(200);
  });

  it("answers 503 where there is no Pod, and 404 where no rule fits", () => {
    const lab = labOf({ replicas: 0, path: ["/cart", "Prefix"] });
    expect(ask(lab, "/cart").http).toMatchObject({ response: { status: 503 }, forwarded: [] });
    const other = ask(lab, "/other").http!;
    expect(other.response).toMatchObject({ status: 404, headers: { "content-length": "146" } });
    expect(other.steps[1]!.text).toBe('"/" for the path /other, because no path of a rule fits');
  });

  it("takes nothing without the PROXY protocol where that is asked for, and believes what it says", () => {
    const lab = labOf({ settings: { "use-proxy-protocol": "true" } });
    expect(ask(lab).http).toMatchObject({ response: undefined, failure: { code: 52 } });
    const sent = ask(lab, "/", { proxyProtocol: true }).http!.forwarded[0]!.trace.http!.request;
    expect(sent.headers).toMatchObject({ "x-forwarded-for": client, "x-forwarded-port": "30080" });
  });

  it("tells which of two Ingresses owns a path", () => {
    const later = {
      apiVersion: "networking.k8s.io/v1",
      kind: "Ingress",
      metadata: { name: "later", namespace: "shop" },
      spec: {
        ingressClassName: "nginx",
        rules: [{ host: "shop.test", http: { paths: [pathTo("web", "/", "Prefix")] } }],
      },
    };
    const lab = labOf();
    expect(ask(lab).http!.steps[1]!.text).not.toContain("owns");
    lab.clock.advance(5000);
    lab.apply(JSON.stringify(later));
    lab.settle();
    expect(ask(lab).http!.steps[1]!.text).toMatch(/; older Ingress shop\/web owns this path, not Ingress shop\/later$/);
  });
});

describe("endpoints that do not answer", () => {
  /** A slice whose addresses are nobody's, or a Pod's wrong port. */
  const slice = (addresses: readonly string[], port: number): string =>
    JSON.stringify({
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { name: "hand-1", namespace: "shop", labels: { "kubernetes.io/service-name": "hand" } },
      addressType: "IPv4",
      ports: [{ port }],
      endpoints: addresses.map((address) => ({ addresses: [address], conditions: { ready: true } })),
    });
  const service = JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "hand", namespace: "shop" },
    spec: { ports: [{ port: 80 }] },
  });
  const ingress = JSON.stringify({
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { name: "hand", namespace: "shop" },
    spec: {
      ingressClassName: "nginx",
      rules: [{ host: "hand.test", http: { paths: [pathTo("hand", "/", "Prefix")] } }],
    },
  });

  it("are tried one after the other, and time passes", () => {
    const lab = labOf({
      more: [service, slice(["10.99.0.1", "10.99.0.2", "10.99.0.3", "10.99.0.4"], 8080), ingress].join("\n---\n"),
    });
    const { http } = ask(lab, "/", { headers: { Host: "hand.test" } });
    expect(http!.forwarded.map(({ outcome }) => outcome)).toEqual(["timeout", "timeout", "timeout"]);
    expect(http).toMatchObject({ response: { status: 504 }, tookMs: 15_000 });
    const impatient = ask(lab, "/", { headers: { Host: "hand.test" }, maxTimeMs: 2000 });
    expect(impatient.http).toMatchObject({
      failure: { code: 28, message: "Operation timed out after 2000 milliseconds with 0 bytes received" },
      tookMs: 2000,
    });
  });

  it("that refuse make it 502", () => {
    const lab = labOf({ more: [service, slice(["192.168.10.12"], 4), ingress].join("\n---\n") });
    const { http } = ask(lab, "/", { headers: { Host: "hand.test" } });
    expect(http!.forwarded.every(({ outcome }) => outcome === "refused")).toBe(true);
    expect(http).toMatchObject({ response: { status: 502 }, tookMs: 0 });
  });

  it("that take too long make it 504, once for a POST", () => {
    const lab = labOf({}, { http: { answer: () => ({ status: 200, tookMs: 61_000 }) } });
    const { http } = ask(lab, "/", { bodyBytes: 1 });
    expect(http).toMatchObject({ response: { status: 504 }, tookMs: 60_000 });
    expect(http!.forwarded).toHaveLength(1);
  });
});

describe("TLS", () => {
  it("shows the controller's own certificate, which is trusted only with -k", () => {
    const lab = labOf({ secret: "missing" });
    const refused = askTls(lab, "/", { insecure: false });
    expect(refused.http).toMatchObject({
      failure: { code: 60, message: "SSL certificate problem: self-signed certificate" },
      steps: [],
      forwarded: [],
    });
    const { http } = askTls(lab);
    expect(http!.tls).toMatchObject({ serverName: "shop.test", protocol: "h2", certificate: { secret: "" } });
    expect(http!.response).toMatchObject({
      status: 200,
      headers: { "strict-transport-security": "max-age=31536000; includeSubDomains" },
    });
    expect(http!.forwarded[0]!.trace.http!.request.headers["x-forwarded-proto"]).toBe("https");
  });

  it("is redirected to, and followed", () => {
    const lab = labOf({ secret: "missing", annotations: { "use-port-in-redirects": "true" } });
    const first = ask(lab, "/cart/");
    expect(first.http!.response).toMatchObject({ status: 308, headers: { location: "https://shop.test:443/cart" } });
    expect(first.http!.steps.at(-1)).toMatchObject({
      text: "308: to https, because a certificate exists for the host shop.test",
      origin: { object: "Ingress shop/web", field: ["spec", "tls"] },
    });
    const connectTo = ["shop.test:443:192.168.10.11:30443"];
    const followed = ask(lab, "/cart/", { followRedirects: true, insecure: true, connectTo });
    expect(followed.http!.response?.status).toBe(200);
    expect(followed.redirects!.map(({ http }) => http!.response!.status)).toEqual([308]);
  });

  it("is not mixed up with HTTP in the clear", () => {
    const lab = labOf({ secret: "missing" });
    const plain = lab.external(client).curl("http://192.168.10.11:30443/");
    expect(plain.http!.response).toMatchObject({ status: 400, headers: { connection: "close" } });
    expect(plain.http!.response!.body).toContain("The plain HTTP request was sent to HTTPS port");
    const other = lab.external(client).curl("https://192.168.10.11:30080/", { insecure: true });
    expect(other.http!.failure).toEqual({
      code: 35,
      message: "OpenSSL/3.0.19: error:0A00010B:SSL routines::wrong version number",
    });
  });
});

describe("servers that are no controllers", () => {
  it("answer as they are told", () => {
    const lab = labOf(
      {},
      { http: { answer: (pod, { target }) => (target === "/who" ? { status: 201, body: pod } : undefined) } },
    );
    const pod = lab.list("Pod", "shop")[0]!;
    const url = `http://${pod.status!.podIP}:8080`;
    expect(lab.node("n1").curl(`${url}/who`).http!.response).toMatchObject({
      status: 201,
      body: `shop/${pod.metadata.name}`,
    });
    const usual = lab.node("n1").curl(`${url}/x`, { headers: { "X-A": "b" } });
    expect(usual.http!.response!.body).toBe(
      `pod shop/${pod.metadata.name}, asked by 192.168.10.11\nGET /x\nHost: ${pod.status!.podIP}:8080\nUser-Agent: curl/7.88.1\nAccept: */*\nX-A: b\n`.replace(
        "192.168.10.11",
        usual.received!.source,
      ),
    );
  });

  it("are sent headers by any name that the shell's curl is told", () => {
    const lab = labOf();
    const { podIP } = lab.list("Pod", "shop")[0]!.status!;
    const { stdout } = lab.node("n1").sh`curl -s -H 'constructor: x' -H 'X-A: b' -H 'X-A: c' ${podIP!}:8080`;
    expect(stdout).toMatch(/\nConstructor: x\nX-A: b, c\n$/);
  });

  it("of kube-proxy and the API server have answers of their own", () => {
    const lab = labOf();
    const health = lab.external(client).curl("http://192.168.10.12:10256/healthz");
    expect([health.http!.server, health.http!.response!.status]).toEqual(["kube-proxy healthz", 200]);
    const api = lab.pod("shop/web").curl("https://10.96.0.1/", { insecure: true });
    expect(api.http!.response!.status).toBe(403);
    expect(() => lab.pod("shop/web").curl("https://10.96.0.1/api/v1/pods", { insecure: true })).toThrow(
      UnsupportedError,
    );
  });

  it("stand behind each other, and a circle is refused", () => {
    const more = [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "again", namespace: "shop" },
        spec: { type: "ExternalName", externalName: "192.168.10.11", ports: [{ port: 30080 }] },
      },
      {
        apiVersion: "networking.k8s.io/v1",
        kind: "Ingress",
        metadata: { name: "again", namespace: "shop" },
        spec: {
          ingressClassName: "nginx",
          rules: [
            {
              host: "again.test",
              http: {
                paths: [
                  { path: "/", pathType: "Prefix", backend: { service: { name: "again", port: { number: 30080 } } } },
                ],
              },
            },
          ],
        },
      },
    ];
    const lab = labOf({ more: more.map((each) => JSON.stringify(each)).join("\n---\n") });
    expect(() => ask(lab, "/", { headers: { Host: "again.test" } })).toThrow(
      /through more than 16 proxies is not modelled .*goes round/,
    );
  });
});
