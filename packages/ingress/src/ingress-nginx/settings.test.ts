import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { ingressObject as ingress, serviceObjects as services } from "@kubenetsim/testing/ingress-objects";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest, UpstreamRequest } from "../http/http-message.ts";
import type { UpstreamOutcome } from "../http/upstream-exchange.ts";
import { annotationWarnings } from "./annotations/annotation-warnings.ts";
import { nginxConf } from "./conf/nginx-conf.ts";
import { IngressNginxController, type SyncOutcome } from "./controller.ts";
import { otherSettings, unmodelledSettings } from "./other-settings.ts";
import { Nginx } from "./request/nginx.ts";

interface Lab {
  readonly log: KeptLog;
  readonly conf: string;
  ask(request?: Partial<HttpRequest>, endpoints?: (request: UpstreamRequest) => UpstreamOutcome): HttpAnswer;
  /** Takes objects that change, or come. */
  take(...objects: readonly ApiObject[]): SyncOutcome;
}

function configMap(name: string, data: Readonly<Record<string, string>>): ApiObject {
  return { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name }, data } as ApiObject;
}

function labOf(settings: Readonly<Record<string, string>>, objects: readonly ApiObject[] = [host({})]): Lab {
  const log = new KeptLog();
  const controller = new IngressNginxController({ configMap: "n/settings" }, log);
  const nginx: { current?: Nginx; endpoints: (request: UpstreamRequest) => UpstreamOutcome } = {
    endpoints: () => ({ status: 200 }),
  };
  const take = (...changed: readonly ApiObject[]): SyncOutcome => {
    for (const object of changed) {
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
    }
    const outcome = controller.sync(0);
    nginx.current ??= new Nginx({
      send: (each) => nginx.endpoints(each),
      random: () => 0.5,
      resolve: (name) => (name === "auth.test" ? ["10.9.9.9"] : []),
    });
    if (controller.running !== undefined) {
      nginx.current.load(controller.running, { isReload: outcome === "reloaded", nowMs: 0 });
    }
    return outcome;
  };
  take(configMap("settings", settings), ...services(), ...objects);
  const request = { method: "GET", target: "/", host: "h.test", headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1" };
  return {
    log,
    conf: controller.running === undefined ? "" : nginxConf(controller.running),
    ask: (more = {}, endpoints = () => ({ status: 200 })) => {
      nginx.endpoints = endpoints;
      return nginx.current!.answer({ ...request, isTls: false, ...more }, 0);
    },
    take,
  };
}

/** A Service with two endpoints. */
function twoPods(): ApiObject[] {
  const metadata = { namespace: "n", name: "two" };
  const port = { name: "http", port: 80, protocol: "TCP" };
  return [
    {
      apiVersion: "v1",
      kind: "Service",
      metadata,
      spec: { type: "ClusterIP", clusterIP: "10.96.9.9", ports: [{ ...port, targetPort: 8080 }] },
    },
    {
      apiVersion: "discovery.k8s.io/v1",
      kind: "EndpointSlice",
      metadata: { namespace: "n", name: "two-abcde", labels: { "kubernetes.io/service-name": "two" } },
      addressType: "IPv4",
      ports: [{ name: "http", port: 8080, protocol: "TCP" }],
      endpoints: ["10.244.9.1", "10.244.9.2"].map((address) => ({ addresses: [address], conditions: { ready: true } })),
    },
  ] as unknown as ApiObject[];
}

function host(annotations: Readonly<Record<string, string>>, path = "/"): ApiObject {
  return ingress("web", { host: "h.test", paths: [[path, "Prefix", "s0"]], annotations });
}

const notFound = (): UpstreamOutcome => ({ status: 404, body: "of the Pod" });

/** rootfs/etc/nginx/template/nginx.tmpl, "Global filters". */
describe("what all servers refuse", () => {
  it("are addresses of block-cidrs, where a location has no rules of its own", () => {
    const { ask, conf } = labOf({ "block-cidrs": "192.0.2.0/24, 10.0.0.1" });
    expect(ask().status).toBe(403);
    expect(ask({ clientAddress: "192.0.3.1" }).status).toBe(200);
    expect(conf).toContain("    deny 192.0.2.0/24;\n    deny 10.0.0.1;\n");
    const allowing = labOf({ "block-cidrs": "192.0.2.1" }, [host({ "whitelist-source-range": "192.0.2.1" })]);
    expect(allowing.ask().status).toBe(200);
  });

  it("are user agents and referers, as a text of any case or as a regular expression", () => {
    const { ask, conf } = labOf({ "block-user-agents": "curl,~*^BAD,~Old", "block-referers": "~evil" });
    const agent = (name: string): number => ask({ headers: { "User-Agent": name } }).status;
    expect(["CURL", "curl/8", "badger", "Old", "old"].map(agent)).toEqual([403, 200, 403, 403, 200]);
    expect(ask({ headers: { Referer: "http://evil.test/" } }).status).toBe(403);
    expect(conf).toContain("map $http_user_agent $block_ua {\n        default 0;\n        curl 1;\n        ~*^BAD 1;");
    expect(conf).toContain("if ($block_ref) {\n            return 403;");
  });

  it("are refused before redirects, and by servers that send to www, too", () => {
    const redirecting = host({ "app-root": "/in", "from-to-www-redirect": "true" });
    const { ask } = labOf({ "block-user-agents": "bad" }, [redirecting]);
    expect(ask({ headers: { "User-Agent": "bad" } }).status).toBe(403);
    expect(ask({ headers: { "User-Agent": "bad" }, host: "www.h.test" }).status).toBe(403);
    expect(ask({ host: "www.h.test" }).status).toBe(308);
  });

  it.each([
    [{ "block-cidrs": "10.0.0.300" }, 'invalid parameter "10.0.0.300"'],
    [{ "block-user-agents": "~(" }, "pcre2_compile() failed"],
    [{ "block-referers": "a,A" }, 'conflicting parameter "A"'],
    [{ "block-user-agents": "a b" }, "invalid number of the map parameters"],
  ])("keep nginx from taking its file: %j", (settings, words) => {
    expect(
      labOf(settings as Record<string, string>)
        .log.entries.map(({ message }) => message)
        .join("\n"),
    ).toContain(words);
  });
});

/** rootfs/etc/nginx/template/nginx.tmpl, in the http block. */
describe("what the ConfigMap asks of all answers", () => {
  it("leaves an endpoint's errors alone with disable-proxy-intercept-errors", () => {
    const settings = { "custom-http-errors": "404", "disable-proxy-intercept-errors": "true" };
    expect(labOf(settings).ask({}, notFound).body).toBe("of the Pod");
    expect(labOf(settings).conf).not.toContain("    proxy_intercept_errors on;");
    expect(labOf({ "custom-http-errors": "404" }).ask({}, notFound).body).not.toBe("of the Pod");
  });

  it("names no host in redirects with relative-redirects", () => {
    const objects = [
      host({}, "/bar/"),
      ingress("gone", { host: "g.test", paths: [["/", "Prefix", "s0"]], annotations: { "permanent-redirect": "/x" } }),
    ];
    const { ask, conf } = labOf({ "relative-redirects": "true" }, objects);
    expect(ask({ target: "/bar" }).headers.location).toBe("/bar/");
    expect(ask({ host: "g.test" }).headers.location).toBe("/x");
    expect(conf).toContain("\n    absolute_redirect off;");
  });

  it("hides headers of endpoints", () => {
    const { ask, conf } = labOf({ "hide-headers": "X-Secret,Set-Cookie" });
    const answer = ask({}, () => ({ status: 200, headers: { "x-secret": "1", "x-open": "2" }, cookies: ["a=b"] }));
    expect(answer).toMatchObject({ headers: { "x-open": "2" }, cookies: [] });
    expect(answer.headers).not.toHaveProperty("x-secret");
    expect(conf).toContain("proxy_hide_header X-Secret;");
  });
});

/** rootfs/etc/nginx/lua/lua_ingress.lua, and `more_set_input_headers` of the template. */
describe("a load balancer that speaks the PROXY protocol", () => {
  const source = "198.51.100.7";
  const tls = { proxied: { source, destinationPort: 443 } };

  it("ended TLS where it was asked on port 443", () => {
    const { ask } = labOf({ "use-proxy-protocol": "true" }, [host({ "force-ssl-redirect": "true" })]);
    const { status, upstream } = ask(tls);
    expect(status).toBe(200);
    expect(upstream?.headers).toMatchObject({ "x-forwarded-proto": "https", "x-scheme": "https" });
    expect(ask({ proxied: { source, destinationPort: 80 } }).status).toBe(308);
  });

  it("is named to endpoints by a header of its own, where forwarded headers are believed, too", () => {
    const both = { "use-proxy-protocol": "true", "use-forwarded-headers": "true" };
    const name = "x-forwarded-for-proxy-protocol";
    const headers = { "X-Forwarded-For": "203.0.113.9" };
    expect(labOf(both).ask({ ...tls, headers }).upstream?.headers[name]).toBe("203.0.113.9");
    const distrusting = labOf({ ...both, "proxy-real-ip-cidr": "10.0.0.0/8" });
    expect(distrusting.ask({ ...tls, headers }).upstream?.headers[name]).toBe(source);
    expect(labOf(both).ask({ ...tls, headers: { [name]: "x" } }).upstream?.headers).not.toHaveProperty(name);
  });
});

/** rootfs/etc/nginx/lua/util/same_site.lua. */
it.each([
  ["Mozilla/5.0 (iPhone; CPU iPhone OS 12_4 like Mac OS X)", false],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) Version/12.1 Safari/605", false],
  ["Mozilla/5.0 (Macintosh; Intel Mac OS X 10_14_6) Chrome/80.0 Safari/537", true],
  ["Chrome/51.0", false],
  ["", true],
])("a session cookie for %j has SameSite=None: %j", (agent, has) => {
  const annotations = { affinity: "cookie", "session-cookie-samesite": "None" };
  const { ask } = labOf({}, [host({ ...annotations, "session-cookie-conditional-samesite-none": "true" })]);
  const [cookie = ""] = ask(agent === "" ? {} : { headers: { "User-Agent": agent } }).cookies;
  expect(cookie.includes("SameSite=None")).toBe(has);
  expect(cookie).toContain("HttpOnly");
});

/** internal/ingress/controller/template/configmap.go `ReadConfig`, template.go `shouldApplyGlobalAuth`. */
describe("global-auth-url", () => {
  const global = { "global-auth-url": "http://auth.test/check", "global-auth-response-headers": "X-User" };
  const auth =
    (status: number) =>
    ({ endpoint }: UpstreamRequest): UpstreamOutcome =>
      endpoint.startsWith("10.9.9.9") ? { status, headers: { "x-user": "me" } } : { status: 200 };

  it("is asked by all locations that ask nobody of their own", () => {
    const { ask, conf } = labOf(global);
    expect(ask({}, auth(401)).status).toBe(401);
    expect(ask({}, auth(204)).upstream?.headers).toMatchObject({ "x-user": "me" });
    expect(conf).toContain('set $target "http://auth.test/check";');
    const own = labOf(global, [host({ "auth-url": "http://nowhere.test/" })]);
    expect(own.ask({}, auth(204)).status).toBe(500);
  });

  it("is not asked where an Ingress, no-auth-locations or no Ingress at all says so", () => {
    expect(labOf(global, [host({ "enable-global-auth": "false" })]).ask({}, auth(401)).status).toBe(200);
    expect(labOf({ ...global, "no-auth-locations": "/" }).ask({}, auth(401)).status).toBe(200);
    expect(labOf(global).ask({ host: "other.test" }, auth(401)).status).toBe(404);
  });

  it("sends to global-auth-signin", () => {
    const { ask } = labOf({ ...global, "global-auth-signin": "http://auth.test/in" });
    expect(ask({}, auth(401)).headers.location).toBe("http://auth.test/in?rd=http://h.test%2F");
  });

  it("is left out where it is no URL, with a warning", () => {
    const { ask, log } = labOf({ "global-auth-url": "auth.test" });
    expect(ask({}, auth(401)).status).toBe(200);
    const message = "Global auth location denied - url scheme is empty.";
    expect(log.entries).toContainEqual({ severity: "W", source: "configmap.go:249", message });
  });
});

/** internal/ingress/controller/nginx.go `generateTemplate`. */
describe("ConfigMaps of headers", () => {
  const settings = { "add-headers": "n/added", "proxy-set-headers": "n/set" };
  const maps = [
    configMap("added", { "X-Host": "h-$host", "X-Pod": "", "X-More": "all", Server: "me" }),
    configMap("set", { "X-Path": "$uri", Authorization: "", "X-Scheme": "odd" }),
  ];

  it("add to all answers, in the place of an endpoint's and below a location's own", () => {
    const custom = { ...settings, "global-allowed-response-headers": "X-More" };
    const own = [...maps, configMap("own", { "X-More": "mine" }), host({ "custom-headers": "n/own" })];
    const { ask } = labOf(custom, own);
    const { headers } = ask({}, () => ({ status: 200, headers: { "x-pod": "1", "x-host": "pod" } }));
    expect(headers).toEqual({ "x-host": "h-h.test", "x-more": "mine" });
    expect(ask({ host: "other.test" }).headers).toMatchObject({ "x-host": "h-other.test", "x-more": "all" });
  });

  it("add to what endpoints are sent, and take away what a client sent", () => {
    const { ask, conf } = labOf(settings, [...maps, host({})]);
    const { upstream } = ask({ target: "/a", headers: { Authorization: "me" } });
    expect(upstream?.headers).toMatchObject({ "x-path": "/a", "x-scheme": "http, odd" });
    expect(upstream?.headers).not.toHaveProperty("authorization");
    expect(conf).toContain('proxy_set_header X-Path "$uri";');
    expect(conf).toContain('add_header X-Host "h-$host" always;');
  });

  it("count as they were when the file was written", () => {
    const { ask, take } = labOf(settings, [...maps, host({})]);
    expect(take(configMap("added", { "X-Host": "new" }))).toBe("unchanged");
    expect(ask().headers["x-host"]).toBe("h-h.test");
    expect(take(host({ "proxy-body-size": "2m" }))).toBe("reloaded");
    expect(ask().headers["x-host"]).toBe("new");
  });

  it("are warned of where there are none", () => {
    const message =
      'Error reading ConfigMap "n/added" from local store: no object matching key "n/added" in local store';
    expect(labOf({ "add-headers": "n/added" }).log.entries).toContainEqual(expect.objectContaining({ message }));
  });
});

describe("no-tls-redirect-locations", () => {
  it.each([
    ["/b, / ", 200],
    ["/b,/\n", 308],
    ["", 308],
  ])("%j: %d, with only spaces taken away", (list, status) => {
    const lab = labOf({ "no-tls-redirect-locations": list }, [host({ "force-ssl-redirect": "true" })]);
    expect(lab.ask().status).toBe(status);
  });
});

/** rootfs/etc/nginx/lua/util.lua `generate_var_value`, and the template's `set`. */
describe("upstream-hash-by", () => {
  const podsBy = (expression: string, requests: readonly Partial<HttpRequest>[]): Set<string | undefined> => {
    const objects = [
      ingress("web", {
        host: "h.test",
        paths: [["/", "Prefix", "two"]],
        annotations: { "upstream-hash-by": expression },
      }),
    ];
    const { ask } = labOf({}, [...twoPods(), ...objects]);
    return new Set(requests.map((request) => ask(request).upstream?.endpoint));
  };
  const clients = Array.from({ length: 20 }, (_, i) => ({ clientAddress: `192.0.${i}.${200 + i}` }));

  it("takes what the request and its location decide", () => {
    const fixed = "$server_name$service_name$namespace$proxy_upstream_name$ingress_name$service_port$location_path";
    expect(podsBy(fixed, clients).size).toBe(1);
    expect(podsBy(fixed, clients)).not.toContain(undefined);
    expect(podsBy("$binary_remote_addr", clients).size).toBe(2);
  });

  it("is warned of where nginx knows more than the model", () => {
    const annotations = { "upstream-hash-by": "$msec$uri" };
    const [warning] = annotationWarnings(host(annotations) as Ingress);
    expect(warning?.message).toContain("asks for what is not modelled: $msec");
    expect(annotationWarnings(host({ "upstream-hash-by": "$binary_remote_addr" }) as Ingress)).toEqual([]);
  });
});

it("limit-conn-zone-variable tells apart who is limited, and an empty one is not", () => {
  const { ask } = labOf({ "limit-conn-zone-variable": "$http_x_key" }, [host({ "limit-rps": "1" })]);
  const statuses = (key: string): number[] =>
    Array.from({ length: 8 }, () => ask({ headers: key === "" ? {} : { "X-Key": key } }).status);
  expect(statuses("a").filter((status) => status === 503).length).toBe(2);
  expect(statuses("b").filter((status) => status === 503).length).toBe(2);
  expect(statuses("")).not.toContain(503);
});

it("settings that could change an answer and do not are told by name", () => {
  expect(unmodelledSettings(otherSettings)).toEqual([]);
  expect(unmodelledSettings({ ...otherSettings, "use-gzip": true, "keep-alive": 5 })).toEqual(["use-gzip"]);
  for (const name of unmodelledSettings({})) expect(otherSettings).toHaveProperty([name]);
});

describe("answers of a location", () => {
  it("have no custom headers where it is denied", () => {
    const denied = host({
      "custom-headers": "n/more",
      "auth-url": "http://auth.test/",
      "auth-proxy-set-headers": "n/none",
    });
    const { ask } = labOf({ "global-allowed-response-headers": "X-More" }, [
      configMap("more", { "X-More": "1" }),
      denied,
    ]);
    expect(ask().status).toBe(503);
    expect(ask().headers).not.toHaveProperty("x-more");
  });

  it("tell the length of nothing to a browser's question (measured with nginx 1.22.1 and headers-more)", () => {
    const { ask } = labOf({}, [host({ "enable-cors": "true" })]);
    const { status, headers } = ask({ method: "OPTIONS", headers: { Origin: "http://o.test" } });
    expect(status).toBe(204);
    expect(headers).toMatchObject({ "content-length": "0" });
    expect(headers).not.toHaveProperty("content-type");
  });
});
