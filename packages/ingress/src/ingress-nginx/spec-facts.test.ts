import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import {
  ingressObject as ingress,
  serviceNames,
  serviceObjects as services,
} from "@kubenetsim/testing/ingress-objects";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest } from "../http/http-message.ts";
import { IngressNginxController } from "./controller.ts";
import type { Configuration } from "./model/configuration.ts";
import { Nginx } from "./request/nginx.ts";

function controllerOf(objects: readonly ApiObject[], log: KeptLog = new KeptLog()): IngressNginxController {
  const controller = new IngressNginxController({}, log);
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  return controller;
}

function configurationOf(...ingresses: readonly Ingress[]): Configuration {
  const controller = controllerOf([...services(), ...ingresses]);
  controller.sync();
  return controller.running!;
}

function ask(configuration: Configuration, host: string, target: string, more: Partial<HttpRequest> = {}): HttpAnswer {
  const nginx = new Nginx({ send: () => ({ status: 200 }), random: () => 0.5 });
  nginx.load(configuration, { isReload: true, nowMs: 0 });
  const request = { method: "GET", target, host, headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1", isTls: false };
  return nginx.answer({ ...request, ...more }, 0);
}

const podOf = (answer: HttpAnswer): string | number => answer.upstream?.endpoint ?? answer.status;
const pod = (n: number): string => `10.244.0.${n}:8080`;

describe("regular expressions of a host", () => {
  const configuration = configurationOf(
    ingress("a", {
      host: "h.test",
      paths: [["/api/v[0-9]+", "ImplementationSpecific", "s0"]],
      annotations: { "use-regex": "true" },
    }),
    ingress("b", { host: "h.test", paths: [["/api", "Exact", "s1"]], second: 1 }),
    ingress("c", { host: "other.test", paths: [["/api", "Exact", "s2"]], second: 2 }),
  );

  it("make every location of the host one, without regard to case or end, longest first", () => {
    expect(podOf(ask(configuration, "h.test", "/API/V7/x"))).toBe(pod(0));
    expect(podOf(ask(configuration, "h.test", "/apis"))).toBe(pod(1));
    expect(podOf(ask(configuration, "h.test", "/x/api"))).toBe(404);
  });

  it("leave other hosts alone", () => {
    expect(podOf(ask(configuration, "other.test", "/apis"))).toBe(404);
    expect(podOf(ask(configuration, "other.test", "/api"))).toBe(pod(2));
  });
});

describe("names of servers", () => {
  const configuration = configurationOf(
    ingress("a", { host: "*.w.test", paths: [["/", "Prefix", "s0"]] }),
    ingress("b", { host: "x.w.test", paths: [["/only", "Exact", "s1"]], second: 1 }),
    ingress("c", {
      host: "main.test",
      paths: [["/", "Prefix", "s2"]],
      annotations: { "server-alias": "*.many.test,x.w.test" },
      second: 2,
    }),
  );

  it("a wildcard host is one label, underscores too", () => {
    expect(podOf(ask(configuration, "a_b.w.test", "/"))).toBe(pod(0));
    expect(podOf(ask(configuration, "a.b.w.test", "/"))).toBe(404);
  });

  it("an exact host beats the wildcard also where its paths do not match", () => {
    expect(podOf(ask(configuration, "x.w.test", "/"))).toBe(404);
  });

  it("a wildcard alias is many labels; an alias that is a host of its own is none", () => {
    expect(podOf(ask(configuration, "a.b.many.test", "/"))).toBe(pod(2));
    expect(podOf(ask(configuration, "X.W.test:8080", "/only"))).toBe(pod(1));
  });
});

describe("redirects", () => {
  it("a path that lacks only a location's last slash is sent there, also where the location is exact", () => {
    const configuration = configurationOf(ingress("a", { host: "h.test", paths: [["/a/", "Exact", "s0"]] }));
    expect(ask(configuration, "h.test", "/a?x")).toMatchObject({
      status: 301,
      headers: { location: "http://h.test/a/?x" },
    });
  });

  it("from-to-www keeps the port and loses one slash", () => {
    const configuration = configurationOf(
      ingress("a", {
        host: "corp.test",
        paths: [["/", "Prefix", "s0"]],
        annotations: { "from-to-www-redirect": "true" },
      }),
    );
    const answer = ask(configuration, "www.corp.test", "/deep/?q=1");
    expect(answer).toMatchObject({ status: 308, headers: { location: "http://corp.test:80/deep/?q=1" } });
    expect(ask(configuration, "www.corp.test", "/deep/").headers.location).toBe("http://corp.test:80/deep");
  });

  it("a temporal one wins over a permanent one; codes out of range are the usual ones", () => {
    const annotations = {
      "temporal-redirect": "https://t.test",
      "temporal-redirect-code": "308",
      "permanent-redirect": "https://p.test",
    };
    const configuration = configurationOf(
      ingress("a", { host: "h.test", paths: [["/", "Prefix", "s0"]], annotations }),
    );
    expect(ask(configuration, "h.test", "/x?y")).toMatchObject({
      status: 302,
      headers: { location: "https://t.test" },
    });
  });

  it("a value that is refused drops the whole Ingress", () => {
    const annotations = { "permanent-redirect": "https://p.test/{}" };
    const log = new KeptLog();
    const parts = { host: "h.test", paths: [["/", "Prefix", "s0"]] as const, annotations };
    const controller = controllerOf([...services(), ingress("a", parts)], log);
    controller.sync();
    expect(controller.running!.servers.map(({ hostname }) => hostname)).toEqual(["_"]);
    expect(log.entries.map(({ source }) => source)).toEqual([
      "validators.go:244",
      "annotations.go:193",
      "store.go:951",
    ]);
  });
});

describe("canaries", () => {
  const canary = (annotations: Record<string, string>): Configuration =>
    configurationOf(
      ingress("a", { host: "h.test", paths: [["/", "Prefix", "s0"]] }),
      ingress("b", {
        host: "h.test",
        paths: [["/", "Prefix", "s1"]],
        annotations: { canary: "true", ...annotations },
        second: 1,
      }),
    );
  const withHeader = (configuration: Configuration, value: string, cookie = ""): string | number =>
    podOf(ask(configuration, "h.test", "/", { headers: { "X-Canary": value, Cookie: cookie } }));

  it("a header of always and never decides before the cookie", () => {
    const configuration = canary({ "canary-by-header": "X-Canary", "canary-by-cookie": "go" });
    expect(withHeader(configuration, "always", "go=never")).toBe(pod(1));
    expect(withHeader(configuration, "never", "go=always")).toBe(pod(0));
    expect(withHeader(configuration, "else", "go=always")).toBe(pod(1));
  });

  it("with a value of its own, always means nothing", () => {
    const configuration = canary({
      "canary-by-header": "X-Canary",
      "canary-by-header-value": "yes",
      "canary-weight": "0",
    });
    expect(withHeader(configuration, "always")).toBe(pod(0));
    expect(withHeader(configuration, "yes")).toBe(pod(1));
  });

  it("a total below 100 is 100", () => {
    expect(withHeader(canary({ "canary-weight": "10", "canary-weight-total": "10" }), "")).toBe(pod(0));
    expect(withHeader(canary({ "canary-weight": "100" }), "")).toBe(pod(1));
  });
});

describe("a configuration that nginx refuses", () => {
  it("leaves the last good one, and every later change waits", () => {
    const log = new KeptLog();
    const controller = controllerOf(
      [
        ...services(),
        ingress("a", {
          host: "a.test",
          paths: [
            ["/d", "Prefix", "s0"],
            ["/d", "Exact", "s0"],
          ],
        }),
      ],
      log,
    );
    expect(controller.sync()).toBe("reloaded");
    const add = (object: Ingress): void => {
      controller.apply({
        revision: 2,
        kind: "Ingress",
        key: `n/${object.metadata.name}`,
        before: undefined,
        after: object,
      });
    };
    add(ingress("b", { host: "a.test", paths: [["/d", "Exact", "s1"]], second: 1 }));
    expect(controller.sync()).toBe("refused");
    add(ingress("c", { host: "c.test", paths: [["/", "Prefix", "s2"]], second: 2 }));
    expect(controller.sync()).toBe("refused");
    expect(controller.running!.servers.map(({ hostname }) => hostname)).toEqual(["_", "a.test"]);
    expect(log.entries.at(-1)!.message).toContain('duplicate location "/d"');
  });
});

describe("a path that is no regular expression", () => {
  const broken = (annotations: Record<string, string>): string =>
    controllerOf([
      ...services(),
      ingress("a", { host: "a.test", paths: [["/(", "Prefix", "s0"]], annotations }),
    ]).sync();

  it("is refused where it has to be one, and taken where it is text", () => {
    expect(broken({ "use-regex": "true" })).toBe("refused");
    expect(broken({})).toBe("reloaded");
  });
});

describe("what needs a reload", () => {
  const base = { host: "h.test", paths: [["/", "Prefix", "s0"]] as const };
  const outcomeOf = (annotations: Record<string, string>): string => {
    const before = ingress("a", base);
    const controller = controllerOf([...services(), before]);
    controller.sync();
    controller.apply({
      revision: 2,
      kind: "Ingress",
      key: "n/a",
      before,
      after: ingress("a", { ...base, annotations }),
    });
    return controller.sync();
  };

  it.each([
    [{}, "unchanged"],
    [{ "load-balance": "ewma" }, "posted"],
    [{ affinity: "cookie" }, "posted"],
    [{ "upstream-hash-by": "$request_uri" }, "posted"],
    [{ "whitelist-source-range": "10.0.0.0/8" }, "reloaded"],
    [{ "ssl-redirect": "false" }, "reloaded"],
  ])("%j: %s", (annotations, outcome) => {
    expect(outcomeOf(annotations as Record<string, string>)).toBe(outcome);
  });

  it("an endpoint that is not ready any more is told to Lua alone", () => {
    const objects = services();
    const controller = controllerOf([...objects, ingress("a", base)]);
    controller.sync();
    const before = objects.find(({ kind }) => kind === "EndpointSlice") as ApiObject & { kind: "EndpointSlice" };
    const after = { ...before, endpoints: [] };
    expect(controller.apply({ revision: 2, kind: "EndpointSlice", key: "n/s0-1", before, after })).toBe(true);
    expect(controller.sync()).toBe("posted");
    expect(podOf(ask(controller.running!, "h.test", "/"))).toBe(503);
  });
});

const hosts = ["a.test", "b.test", "*.test", undefined];
const somePath = fc.constantFrom("/", "/a", "/a/b", "/ab", "/A", "/x.y", "/a/b/c");
const somePaths = fc.uniqueArray(
  fc.tuple(somePath, fc.constantFrom("Exact", "Prefix"), fc.constantFrom(...serviceNames)),
  {
    minLength: 1,
    maxLength: 4,
    selector: ([path, type]) => `${type} ${path}`,
  },
);
const someIngresses = fc
  .array(fc.record({ host: fc.constantFrom(...hosts), paths: somePaths, second: fc.nat({ max: 3 }) }), { maxLength: 5 })
  .map((all) => all.map(({ host, ...rest }, i) => ingress(`i${i}`, { ...(host !== undefined && { host }), ...rest })));
const someRequest = fc.record({
  host: fc.constantFrom("a.test", "b.test", "c.test", "x.y.test", "test"),
  target: fc.constantFrom("/", "/a", "/a/", "/a/b/", "/ab", "/a/bc", "//a", "/A/x", "/xzy", "/a/../ab?q=1"),
});

describe("random Ingresses", () => {
  it("give every request one answer: a Pod's, 404, or none of nginx's own mistakes", () => {
    fc.assert(
      fc.property(someIngresses, someRequest, (ingresses, { host, target }) => {
        const controller = controllerOf([...services(), ...ingresses]);
        if (controller.sync() === "refused") return;
        const answer = ask(controller.running!, host, target);
        expect([200, 404]).toContain(answer.status);
        expect(answer.steps.filter(({ phase, text }) => phase === "location" && !text.startsWith("301"))).toHaveLength(
          1,
        );
      }),
    );
  });

  it("are not changed by one for another host", () => {
    fc.assert(
      fc.property(someIngresses, somePaths, someRequest, (ingresses, paths, { host, target }) => {
        const controller = controllerOf([...services(), ...ingresses]);
        if (controller.sync() === "refused") return;
        const before = ask(controller.running!, host, target);
        const other = ingress("other", { host: "elsewhere.example", paths, second: 9 });
        controller.apply({ revision: 2, kind: "Ingress", key: "n/other", before: undefined, after: other });
        if (controller.sync() === "refused") return;
        expect(podOf(ask(controller.running!, host, target))).toBe(podOf(before));
      }),
    );
  });
});
