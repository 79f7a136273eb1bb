import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { serviceObjects } from "@kubenetsim/testing/ingress-objects";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-message.ts";
import type { ControllerProcess } from "../ingress-controller.ts";
import { TraefikController } from "./controller.ts";
import type { Router } from "./dynamic-configuration.ts";
import { readGoTarget } from "./go-url.ts";
import { RouteTable } from "./route-table.ts";
import { canonicalHost, type PathMatcher, rulePriority, ruleText } from "./rule.ts";

const usualArgs = [
  "--entrypoints.web.address=:80",
  "--entrypoints.websecure.address=:443",
  "--providers.kubernetesingress=true",
];
const prefix = "traefik.ingress.kubernetes.io/";
type PathParts = readonly [path: string, pathType: string, service: string];

function ingress(
  name: string,
  host: string,
  paths: readonly PathParts[],
  annotations: Record<string, string> = {},
): Ingress {
  const named = Object.entries(annotations).map(([key, value]) => [prefix + key, value]);
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace: "n", name, annotations: Object.fromEntries(named) },
    spec: {
      rules: [
        {
          ...(host !== "" && { host }),
          http: {
            paths: paths.map(([path, pathType, service]) => ({
              path,
              pathType,
              backend: { service: { name: service, port: { number: 80 } } },
            })),
          },
        },
      ],
    },
  };
}

function start(args: readonly string[] = [], seed = "traefik", log: KeptLog = new KeptLog()): TraefikController {
  const random = seededRandom(seed);
  const process = {
    args: [...usualArgs, ...args],
    pod: "n/traefik-1",
    random: () => random.next(),
    resolve: () => [],
    log,
  };
  return new TraefikController({ ...process, nowMs: 0 } as unknown as ControllerProcess);
}

function tell(controller: TraefikController, objects: readonly ApiObject[], nowMs = 0): TraefikController {
  const keyOf = ({ metadata: { namespace, name } }: ApiObject): string =>
    namespace === undefined ? name : `${namespace}/${name}`;
  const change = (after: ApiObject) => ({ revision: 1, kind: after.kind, key: keyOf(after), before: undefined, after });
  controller.take(objects.map(change), nowMs);
  return controller;
}

function run(objects: readonly ApiObject[], args: readonly string[] = [], seed?: string): TraefikController {
  return tell(start(args, seed), [...serviceObjects(), ...objects]);
}

function ask(controller: TraefikController, url: string, more: Partial<HttpRequest> = {}, port = 80): HttpAnswer {
  const [, host, target] = /^([^/]*)(.*)$/.exec(url)!;
  const request = {
    method: "GET",
    target: target!,
    host,
    headers: {},
    bodyBytes: 0,
    clientAddress: "192.0.2.1",
    isTls: false,
  };
  return controller.answer({ ...request, ...more }, { port, nowMs: 0, send: () => ({ status: 200 }) });
}

const podOf = (answer: HttpAnswer): string | number => answer.upstream?.endpoint ?? answer.status;
const pod = (n: number): string => `10.244.0.${n}:8080`;

describe("rules", () => {
  it.each([
    ["a.test", "/x", "PathPrefix", false, 'Host("a.test") && PathPrefix("/x")'],
    ["a.test", "/x", "Path", false, 'Host("a.test") && Path("/x")'],
    ["", "/x", "PathPrefix", true, '(Path("/x") || PathPrefix("/x/"))'],
    ["", "/x/", "PathPrefix", true, '(Path("/x") || PathPrefix("/x/"))'],
    ["", "/", "PathPrefix", true, 'PathPrefix("/")'],
    ["*.a.test", "", "PathPrefix", false, 'Host("*.a.test")'],
    ["", '/q"q\\', "PathRegexp", false, 'PathRegexp("/q\\"q\\\\")'],
  ] as const)("of %s %s by %s (strict: %s)", (host, path, matcher, isStrict, text) => {
    expect(ruleText({ host, path, matcher, isStrict })).toBe(text);
  });

  it("are asked longest first, whatever they say", () => {
    const controller = run([
      ingress("wide", "*.a.test", [["/long/path", "Prefix", "s0"]]),
      ingress("own", "x.a.test", [["/", "Prefix", "s1"]]),
    ]);
    expect(podOf(ask(controller, "x.a.test/long/path/1"))).toBe(pod(0));
    expect(podOf(ask(controller, "x.a.test/other"))).toBe(pod(1));
  });

  it("give way to a priority of the Ingress's own", () => {
    const controller = run([
      ingress("long", "a.test", [["/long", "Prefix", "s0"]]),
      ingress("first", "a.test", [["/", "Prefix", "s1"]], { "router.priority": "100" }),
    ]);
    expect(podOf(ask(controller, "a.test/long"))).toBe(pod(1));
  });

  it("of the same length are asked in an order of chance, which the step tells", () => {
    const objects = [
      ingress("a", "*.a.test", [["/", "Prefix", "s0"]]),
      ingress("b", "x.a.test", [["/", "Prefix", "s1"]]),
    ];
    const answers = ["1", "2", "3", "4", "5", "6"].map((seed) => ask(run(objects, [], seed), "x.a.test/"));
    expect(new Set(answers.map(podOf))).toEqual(new Set([pod(0), pod(1)]));
    expect(answers[0]!.steps[1]!.text).toContain("chance decides");
  });

  it("take a prefix by its characters, unless it is asked to be strict", () => {
    const objects = [ingress("a", "a.test", [["/foo", "Prefix", "s0"]])];
    const asked = ["/foo", "/foo/", "/foo/x", "/foobar", "/FOO"];
    const strict = run(objects, ["--providers.kubernetesingress.strictprefixmatching=true"]);
    expect(asked.map((path) => podOf(ask(run(objects), `a.test${path}`)))).toEqual([
      pod(0),
      pod(0),
      pod(0),
      pod(0),
      404,
    ]);
    expect(asked.map((path) => podOf(ask(strict, `a.test${path}`)))).toEqual([pod(0), pod(0), pod(0), 404, 404]);
  });

  it("take a path as it stands under Exact, and by the annotation under ImplementationSpecific", () => {
    const controller = run([
      ingress("a", "a.test", [["/x", "Exact", "s0"]], { "router.pathmatcher": "PathRegexp" }),
      ingress("b", "b.test", [["/v[0-9]+$", "ImplementationSpecific", "s1"]], { "router.pathmatcher": "PathRegexp" }),
    ]);
    expect(["/x", "/x/"].map((path) => podOf(ask(controller, `a.test${path}`)))).toEqual([pod(0), 404]);
    expect(["/v12", "/v12/", "/V1"].map((path) => podOf(ask(controller, `b.test${path}`)))).toEqual([pod(1), 404, 404]);
  });

  it("leave a host that they name to other rules where the path is not theirs", () => {
    const controller = run([
      ingress("a", "a.test", [["/x", "Prefix", "s0"]]),
      ingress("b", "", [["/", "Prefix", "s1"]]),
    ]);
    expect(podOf(ask(controller, "a.test/other"))).toBe(pod(1));
  });

  const hosts = ["", "a.test", "*.a.test", "x.a.test", "B.test"];
  const arbitraryParts = fc.record({
    host: fc.constantFrom(...hosts),
    path: fc.constantFrom("/", "/a", "/a/", "/ab", "/a/b", "/c"),
    matcher: fc.constantFrom<PathMatcher>("Path", "PathPrefix"),
    isStrict: fc.boolean(),
    priority: fc.constantFrom(0, 0, 0, 5, 30),
  });

  it("are found by their host as if one were asked after the other", () => {
    fc.assert(
      fc.property(
        fc.array(arbitraryParts, { maxLength: 12 }),
        fc.constantFrom("a.test", "x.a.test", "y.x.a.test", "b.test", "", "A.TEST."),
        fc.constantFrom("/", "/a", "/a/", "/abc", "/a/b/c", "/c"),
        (list, host, path) => {
          const routers = list.map(
            (parts, i) =>
              ({ name: `r${i}`, rule: ruleText(parts), parts, priority: parts.priority }) as unknown as Router,
          );
          const found = new RouteTable(routers, new KeptLog()).find(canonicalHost(host), path)?.router;
          const priorityOf = ({ priority, rule }: Router): number => priority || rulePriority(rule);
          const asked = routers.toSorted((left, right) => priorityOf(right) - priorityOf(left));
          expect(found).toBe(asked.find((router) => takes(router, host.toLowerCase(), path)));
        },
      ),
    );
  });
});

/** A rule as Traefik's muxer tests it (pkg/muxer/http/matcher.go), without any table. */
function takes({ parts: { host, path, matcher, isStrict } }: Router, asked: string, target: string): boolean {
  const isHost = (name: string): boolean =>
    host.toLowerCase() === (host.startsWith("*") ? ["*", ...name.split(".").slice(1)].join(".") : name);
  if (host !== "" && (asked === "" || !(isHost(asked) || (asked.endsWith(".") && isHost(asked.slice(0, -1))))))
    return false;
  if (matcher === "Path") return target === path;
  if (!isStrict || path === "/") return target.startsWith(path);
  return target === path.replace(/\/$/, "") || target.startsWith(`${path.replace(/\/$/, "")}/`);
}

describe("targets", () => {
  it.each([
    ["//foo", "/foo", "/foo"],
    ["/foo/../b", "/b", "/b"],
    ["/foo/.", "/foo", "/foo"],
    ["/foo/%2e", "/foo", "/foo"],
    ["/a%2fb", "/a%2Fb", "/a%2Fb"],
    ["/%66oo?x=1;y", "/foo", "/foo?x=1;y"],
    ["/a%20b", "/a b", "/a%20b"],
    ['/q"q', '/q"q', "/q%22q"],
    ["/é", "/\u00c3\u00a9", "/%C3%A9"],
  ])("%s is routed as %s and sent as %s", (target, routingPath, uri) => {
    expect(readGoTarget(target, true)).toEqual({ routingPath, uri });
  });

  it.each([
    ["/bad%zz", "unreadable"],
    ["/a b", "unreadable"],
    ["/a#b", "fragment"],
  ])("%s is refused", (target, word) => {
    expect(readGoTarget(target, true)).toBe(word);
  });
});

describe("Services", () => {
  it("without endpoints have no router: 404; with allowEmptyServices 503", () => {
    const [service, slice] = serviceObjects(["s0"]);
    const objects = [
      service!,
      { ...slice!, endpoints: [] } as ApiObject,
      ingress("a", "a.test", [["/", "Prefix", "s0"]]),
    ];
    expect(ask(tell(start(), objects), "a.test/").status).toBe(404);
    const allowed = ask(tell(start(["--providers.kubernetesingress.allowemptyservices"]), objects), "a.test/");
    expect([allowed.status, allowed.body]).toEqual([503, "no available server\n"]);
  });

  it("take turns, and keep a client by its cookie", () => {
    const [service, slice] = serviceObjects(["s0"]);
    const endpoints = [1, 2, 3].map((n) => ({ addresses: [`10.244.9.${n}`] }));
    const sticky = { annotations: { [`${prefix}service.sticky.cookie.name`]: "at" } };
    const many = { ...slice!, endpoints } as ApiObject;
    const rules = ingress("a", "a.test", [["/", "Prefix", "s0"]]);
    const controller = tell(start(), [service!, many, rules]);
    const turns = Array.from({ length: 6 }, () => podOf(ask(controller, "a.test/")));
    expect(new Set(turns.slice(0, 3)).size).toBe(3);
    expect(new Set(turns.slice(3)).size).toBe(3);
    const keeping = tell(start(), [
      { ...service!, metadata: { ...service!.metadata, ...sticky } } as ApiObject,
      many,
      rules,
    ]);
    const first = ask(keeping, "a.test/");
    expect(first.cookies[0]).toMatch(/^at=[0-9a-f]{16}; Path=\/$/);
    const again = Array.from({ length: 4 }, () =>
      ask(keeping, "a.test/", { headers: { cookie: first.cookies[0]!.split(";")[0]! } }),
    );
    expect(new Set(again.map(podOf))).toEqual(new Set([podOf(first)]));
    expect(again.flatMap(({ cookies }) => cookies)).toEqual([]);
  });

  it("hear of the client by X-Forwarded headers, which strangers cannot set", () => {
    const objects = [ingress("a", "a.test", [["/", "Prefix", "s0"]])];
    const headers = { "X-Forwarded-For": "9.9.9.9", X_Real_Ip: "9.9.9.9", Connection: "X-Drop", "X-Drop": "1" };
    const told = (args: string[]) => ask(run(objects, args), "a.test:8080/", { headers }).upstream?.headers;
    expect(told([])).toEqual({
      host: "a.test:8080",
      "x-real-ip": "192.0.2.1",
      "x-forwarded-proto": "http",
      "x-forwarded-port": "8080",
      "x-forwarded-host": "a.test:8080",
      "x-forwarded-server": "traefik-1",
      "x-forwarded-for": "192.0.2.1",
      "accept-encoding": "gzip",
    });
    const trusted = told(["--entrypoints.web.forwardedheaders.trustedips=192.0.2.0/24"]);
    expect(trusted?.["x-forwarded-for"]).toBe("9.9.9.9, 192.0.2.1");
  });
});

describe("entry points", () => {
  it("take routers for TLS only on TLS: without http.tls an https request finds none", () => {
    const objects = [ingress("a", "a.test", [["/", "Prefix", "s0"]])];
    const secure = { isTls: true, serverName: "a.test" };
    expect(ask(run(objects), "a.test/", secure, 443).status).toBe(404);
    const withTls = run(objects, ["--entrypoints.websecure.http.tls=true"]);
    expect(podOf(ask(withTls, "a.test/", secure, 443))).toBe(pod(0));
    expect(ask(withTls, "a.test/", secure, 443).certificate?.commonName).toBe("TRAEFIK DEFAULT CERT");
    expect(ask(withTls, "a.test/", {}, 443).status).toBe(404);
  });

  it("send on to another one: 301, or 308 for what is no GET", () => {
    const controller = run([], ["--entrypoints.web.http.redirections.entrypoint.to=websecure"]);
    const answers = ["GET", "POST"].map((method) => ask(controller, "a.test:80/x/?q", { method }));
    expect(answers.map(({ status, headers }) => [status, headers.location])).toEqual([
      [301, "https://a.test/x/?q"],
      [308, "https://a.test/x/?q"],
    ]);
  });

  it("answer 404 and 400 as Go does", () => {
    expect(ask(run([]), "a.test/").body).toBe("404 page not found\n");
    expect(ask(run([]), "a.test/", { host: undefined }).body).toBe("400 Bad Request: missing required Host header");
  });
});

describe("configurations", () => {
  it("follow each other no sooner than two seconds", () => {
    const controller = run([]);
    tell(controller, [ingress("a", "a.test", [["/", "Prefix", "s0"]])], 500);
    expect([controller.running.routers.size, controller.dueMs]).toEqual([0, 2000]);
    controller.advance(2000);
    expect([controller.running.routers.size, controller.dueMs]).toEqual([1, undefined]);
  });

  it("know the default backend of an Ingress without rules alone", () => {
    const backend = { service: { name: "s0", port: { number: 80 } } };
    const all = { ...ingress("all", "", []), spec: { defaultBackend: backend } };
    const some = ingress("a", "a.test", [["/x", "Prefix", "s1"]]);
    const own = { ...some, spec: { ...some.spec, defaultBackend: backend } };
    expect(podOf(ask(run([all, some]), "a.test/other"))).toBe(pod(0));
    expect(podOf(ask(run([own]), "a.test/other"))).toBe(404);
  });

  it.each([
    [{ "router.priority": "x" }, 'Failed to parse annotations: strconv.ParseInt: parsing "x": invalid syntax'],
    [{ "router.nosuch": "1" }, "Failed to parse annotations: field not found, node: nosuch"],
    [{ "router.constructor": "1" }, "Failed to parse annotations: field not found, node: constructor"],
    [{ "router.__proto__.x": "1" }, "Failed to parse annotations: field not found, node: __proto__"],
    [{ "router.middlewares": "n-auth@kubernetescrd" }, 'middleware "n-auth@kubernetescrd" does not exist'],
  ])("leave out an Ingress with %j", (annotations, message) => {
    const log = new KeptLog();
    const controller = tell(start([], "traefik", log), [
      ...serviceObjects(),
      ingress("a", "a.test", [["/", "Prefix", "s0"]], annotations),
    ]);
    expect(ask(controller, "a.test/").status).toBe(404);
    expect(log.entries.map((entry) => entry.message)).toEqual([`Ingress n/a: ${message}`]);
  });

  it("take the flags that charts give", () => {
    const flags = [
      "--global.checknewversion",
      "--entryPoints.metrics.address=:9100/tcp",
      "--entryPoints.traefik.address=:8080/tcp",
      "--api.dashboard=true",
      "--ping=true",
      "--metrics.prometheus=true",
      "--metrics.prometheus.entrypoint=metrics",
      "--providers.kubernetescrd",
      "--providers.kubernetesingress",
      "--providers.kubernetesingress.ingressendpoint.publishedservice=traefik/traefik",
      "--log.level=INFO",
    ];
    const controller = start(flags);
    expect(controller.listens.map(({ port }) => port)).toEqual([80, 443, 9100, 8080]);
    expect(controller.status).toBeDefined();
  });

  it("are told what is not modelled by name", () => {
    expect(() => start(["--providers.docker=true"])).toThrow(UnsupportedError);
    expect(() => start(["--entrypoints.web.proxyprotocol.insecure=true"])).toThrow("proxyprotocol");
    expect(() => start(["--entrypoints.web.http.tls=maybe"])).toThrow(ParseError);
    expect(start(["--providers.kubernetescrd"]).unmodelled).toEqual([
      "what --providers.kubernetescrd asks for is not modelled",
    ]);
  });
});
