import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { HttpRequest } from "@kubenetsim/ingress/http/http-message";
import { ingressObject } from "@kubenetsim/testing/ingress-objects";
import fc from "fast-check";
import { statusHeader } from "./echo-endpoints.ts";

/** Addresses of the endpoints of each Service of the namespace `n`; `none` has none. */
export const services: Readonly<Record<string, readonly string[]>> = {
  one: ["127.0.1.1"],
  two: ["127.0.1.2", "127.0.1.3"],
  three: ["127.0.1.4", "127.0.1.5", "127.0.1.6"],
  pages: ["127.0.1.7"],
  none: [],
};

/** Common name and other names of the certificate in each Secret of the namespace. */
export const certificates: Readonly<Record<string, readonly string[]>> = {
  first: ["a.test", "www.a.test"],
  wild: ["*.deep.test"],
};

/** Services with slices whose endpoints listen, `refusing` with one that does not. */
export function serviceObjects(portOf: ReadonlyMap<string, number>, refusingPort: number): ApiObject[] {
  const all = Object.entries(services).map(([name, addresses]): [string, [string, number][]] => [
    name,
    addresses.map((address) => [address, portOf.get(address)!]),
  ]);
  return [...all, ["refusing", [["127.0.1.99", refusingPort]]] as (typeof all)[number]].flatMap(([name, endpoints]) => [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata: { namespace: "n", name },
      spec: { ports: [{ port: 80, targetPort: 8080 }] },
    },
    ...endpoints.map(
      ([address, port]): ApiObject => ({
        apiVersion: "discovery.k8s.io/v1",
        kind: "EndpointSlice",
        metadata: { namespace: "n", name: `${name}-${address}`, labels: { "kubernetes.io/service-name": name } },
        addressType: "IPv4",
        ports: [{ name: "", port, protocol: "TCP" }],
        endpoints: [{ addresses: [address], conditions: { ready: true } }],
      }),
    ),
  ]);
}

const hosts = ["a.test", "b.test", "*.test", "*.deep.test", undefined];
const serviceName = fc.constantFrom("one", "one", "two", "two", "three", "three", "none", "refusing", "missing");
const path = fc.constantFrom(
  ...["/", "/", "/a", "/a/", "/a/b", "/ab", "/A", "/x.y", "/a/b/c", "/item/[0-9]+", "/p(/|$)(.*)"],
  ...["/q;{}", '/"q\\"', "/$x", "/é", "/.well-known/acme-challenge/x"],
);

type Annotations = Readonly<Record<string, string>>;

const annotations = fc
  .array(
    fc.constantFrom<Annotations>(
      { "use-regex": "true" },
      { "rewrite-target": "/$2" },
      { "rewrite-target": "/to/$1/x/$2/$request_method", "x-forwarded-prefix": "/before" },
      { "rewrite-target": "https://else.test/$1" },
      { "server-alias": "alias.test,*.many.test" },
      { "ssl-redirect": "false" },
      { "force-ssl-redirect": "true" },
      { "force-ssl-redirect": "true", "preserve-trailing-slash": "true", "use-port-in-redirects": "true" },
      { "permanent-redirect": "https://p.test/there", "permanent-redirect-code": "308" },
      { "temporal-redirect": "https://t.test" },
      { "permanent-redirect": "https://p.test/there?a=b", "permanent-redirect-code": "300" },
      { "permanent-redirect": "/not/modified", "permanent-redirect-code": "304" },
      { "temporal-redirect": "https://t.test", "temporal-redirect-code": "305" },
      { "permanent-redirect": "/relative", "relative-redirects": "true" },
      { "permanent-redirect": "/absolute" },
      { "app-root": "/a" },
      { "from-to-www-redirect": "true" },
      { "whitelist-source-range": "127.0.0.1,127.0.0.8/30" },
      { "denylist-source-range": "127.0.0.2" },
      { "whitelist-source-range": "nonsense" },
      { "enable-cors": "true" },
      { "enable-cors": "true", "cors-allow-origin": "https://ok.test, https://*.ok.test:8080, *.any" },
      {
        "enable-cors": "true",
        "cors-allow-credentials": "false",
        "cors-expose-headers": "X-A, X-B",
        "cors-max-age": "7",
      },
      { "proxy-body-size": "1k" },
      { "proxy-body-size": "0" },
      { "limit-rpm": "1", "limit-burst-multiplier": "2" },
      { "limit-rpm": "2", "limit-allowlist": "127.0.0.2" },
      { "upstream-vhost": "inner.test" },
      { "custom-http-errors": "404,503", "default-backend": "pages" },
      { "custom-http-errors": "502,413", "default-backend": "pages", "disable-proxy-intercept-errors": "true" },
      { "custom-http-errors": "404" },
      { "custom-http-errors": "413,503" },
      { "default-backend": "pages" },
      { "upstream-hash-by": "$request_uri" },
      { "upstream-hash-by": "$unheard_of" },
      { affinity: "cookie" },
      { "auth-type": "basic", "auth-secret": "passwords", "auth-realm": "my realm" },
      { "auth-type": "basic", "auth-secret": "missing" },
      { "auth-type": "basic", "auth-secret": "passwords", satisfy: "any", "whitelist-source-range": "127.0.0.2" },
      { "auth-type": "basic", "auth-secret": "passwords", satisfy: "any", "denylist-source-range": "127.0.0.2" },
      { "connection-proxy-header": "close" },
      { "connection-proxy-header": "keep-alive" },
      { "proxy-next-upstream": "error timeout http_503 non_idempotent", "proxy-next-upstream-tries": "2" },
      { "proxy-connect-timeout": "1", "proxy-buffering": "on", "proxy-busy-buffers-size": "8k" },
    ),
    { maxLength: 3 },
  )
  .map((all): Annotations => Object.assign({}, ...all));

/** Some Ingresses with much that decides about requests. */
export const someIngresses: fc.Arbitrary<Ingress[]> = fc
  .array(
    fc.record({
      host: fc.constantFrom(...hosts),
      paths: fc.array(fc.tuple(path, fc.constantFrom("Exact", "Prefix"), serviceName), { minLength: 1, maxLength: 4 }),
      annotations,
      second: fc.nat({ max: 3 }),
      secret: fc.constantFrom(undefined, undefined, "first", "wild", "absent"),
    }),
    { minLength: 1, maxLength: 6 },
  )
  .map((all) =>
    all.map(({ host, secret, ...rest }, i) => {
      const tls =
        secret === undefined ? undefined : [{ ...(host !== undefined && { hosts: [host] }), secretName: secret }];
      return ingressObject(`i${i}`, {
        ...rest,
        ...(host !== undefined && { host }),
        ...(tls !== undefined && { tls }),
      });
    }),
  );

const targets = [
  ...[
    "/",
    "/",
    "/a",
    "/a/",
    "/a/b",
    "/a/b/",
    "/ab",
    "/a/bc?x=1",
    "//a",
    "/A/x",
    "/xzy",
    "/a/../ab?q=1",
    "/%61/b",
    "/a%2Fb",
  ],
  ...[
    "/item/12/e",
    "/ITEM/5",
    "/p/q/r?z",
    "/p",
    "/px",
    "/pre/p/1",
    "/a/./b",
    "/x.y/",
    "/a%20b/p/c%20d",
    "/..",
    "/q;{}",
  ],
  ...[
    "/%22q%5C%22/",
    "/$x/y",
    "/%C3%A9",
    "/%c3%a9/x?%C3%A9",
    "/deep/?a=1/",
    "/.well-known/acme-challenge/x",
    "/healthz",
    "/nginx_status",
  ],
];
const names = ["a.test", "a.test", "B.test:80", "www.a.test", "c.test", "x_y.deep.test", "q.w.deep.test", "alias.test"];

const headers = fc
  .array(
    fc.constantFrom<Annotations>(
      { Origin: "https://ok.test" },
      { Origin: "https://x.ok.test:8080" },
      { Origin: "https://evil.test" },
      { Origin: "https://x.any" },
      { [statusHeader]: "404" },
      { [statusHeader]: "503" },
      { "X-Forwarded-For": "203.0.113.9, 198.51.100.7" },
      { "X-Forwarded-Proto": "https" },
      { "X-Forwarded-Host": "outer.test:8443, x" },
      { "X-Forwarded-Port": "8443" },
      { "X-Request-ID": "one-of-mine" },
      { Accept: "text/html" },
      { "X-Empty": "" },
      { Proxy: "http://evil.test" },
    ),
    { maxLength: 3 },
  )
  .map((all): Annotations => Object.assign({}, ...all));

/** Some request to one of their hosts, or to none. */
export const someRequest: fc.Arbitrary<HttpRequest> = fc
  .record({
    method: fc.constantFrom("GET", "GET", "GET", "POST", "OPTIONS", "HEAD"),
    target: fc.constantFrom(...targets),
    host: fc.constantFrom(...names, "p.q.many.test", "test.", "192.0.2.1"),
    headers,
    bodyBytes: fc.constantFrom(1, 1024, 1025, 1_048_577),
    clientAddress: fc.constantFrom("127.0.0.1", "127.0.0.1", "127.0.0.2", "127.0.0.9"),
    isTls: fc.boolean(),
    serverName: fc.constantFrom("a.test", "x.deep.test", "b.test", "other.example", undefined),
  })
  .map(({ bodyBytes, ...request }) => ({ ...request, bodyBytes: request.method === "POST" ? bodyBytes : 0 }));
