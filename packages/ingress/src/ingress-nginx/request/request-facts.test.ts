import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { ingressObject as ingress, serviceObjects as services } from "@kubenetsim/testing/ingress-objects";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../../controller-log.ts";
import type { HttpAnswer, HttpRequest } from "../../http/http-message.ts";
import type { UpstreamAnswer } from "../../http/upstream-exchange.ts";
import { IngressNginxController } from "../controller.ts";
import { Nginx } from "./nginx.ts";

/** What a real nginx 1.22.1 with the controller's own file and Lua answered. */

interface Setting {
  readonly settings?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly host?: string;
  readonly path?: string;
  readonly service?: string;
  readonly answer?: UpstreamAnswer;
}

function ask(request: Partial<HttpRequest>, setting: Setting = {}): HttpAnswer {
  const {
    settings = {},
    annotations = {},
    host = "h.test",
    path = "/",
    service = "s0",
    answer = { status: 200 },
  } = setting;
  const controller = new IngressNginxController({ configMap: "n/settings" }, new KeptLog());
  const objects = [
    { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name: "settings" }, data: settings },
    ...services(),
    ingress("a", { host, paths: [[path, "Prefix", service]], annotations }),
  ] as ApiObject[];
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  controller.sync();
  const nginx = new Nginx({ send: () => answer, random: () => 0.5 });
  nginx.load(controller.running!, { isReload: true, nowMs: 0 });
  const plain = { method: "GET", target: "/", host: "h.test", headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1" };
  return nginx.answer({ ...plain, isTls: false, ...request }, 0);
}

describe("reading a request", () => {
  it("TRACE is refused before there is a location", () => {
    expect(ask({ method: "TRACE" }).status).toBe(405);
  });

  it("a target that is a whole URL names the host, and the Host header is passed on", () => {
    const { upstream } = ask({ target: "http://h.test:8080/p/q?x", host: "else.test" });
    expect(upstream).toMatchObject({ url: "/p/q?x", headers: { host: "else.test" } });
    expect(ask({ target: "http://h.test?x" }).upstream?.url).toBe("/?x");
    expect(ask({ target: "http://else.test/" }).status).toBe(404);
    expect(ask({ target: "http:///" }).status).toBe(400);
  });

  it("headers with underscores are passed over, unless the settings take them", () => {
    const headers = { X_Under: "1", "X-Dash": "2", "x.y": "3" };
    const kept = (settings: Readonly<Record<string, string>>): string[] => {
      const names = Object.keys(ask({ headers }, { settings }).upstream!.headers);
      return names.filter((name) => ["x_under", "x-dash", "x.y"].includes(name));
    };
    expect(kept({})).toEqual(["x-dash"]);
    expect(kept({ "enable-underscores-in-headers": "true" })).toEqual(["x_under", "x-dash"]);
    expect(kept({ "ignore-invalid-headers": "false" })).toEqual(["x_under", "x-dash", "x.y"]);
  });

  it("/healthz of unknown hosts is of the default type", () => {
    const { status, headers } = ask({ host: "else.test", target: "/healthz" });
    expect([status, headers["content-type"]]).toEqual([200, "text/html"]);
  });
});

describe("redirects", () => {
  it("to the path with a slash lose a question mark with nothing behind it", () => {
    expect(ask({ target: "/a?" }, { path: "/a/" }).headers.location).toBe("http://h.test/a/");
  });

  it("to the root of an application have nginx's variables in their path", () => {
    expect(ask({}, { annotations: { "app-root": "/$host/x" } }).headers.location).toBe("http://h.test/h.test/x");
  });
});

describe("an X-Forwarded-Host that is believed, and empty", () => {
  const settings = { "use-forwarded-headers": "true" };
  const headers = { "X-Forwarded-Host": "" };

  it("leaves endpoints without a Host, which the controller's own backend refuses", () => {
    expect(ask({ headers }, { settings }).upstream?.headers).not.toHaveProperty("host");
    expect(ask({ headers, host: "else.test" }, { settings }).status).toBe(400);
    expect(ask({ headers, host: "else.test" }, { settings: { ...settings, "proxy-http-version": "1.0" } }).status).toBe(
      404,
    );
  });

  it("sends to https at Lua's word for nothing", () => {
    const annotations = { "force-ssl-redirect": "true" };
    expect(ask({ headers, target: "/a" }, { settings, annotations }).headers.location).toBe("https://nil/a");
  });
});

describe("what endpoints get", () => {
  it("the length of a body that is empty", () => {
    const { upstream } = ask({ method: "POST", headers: { "Content-Length": "0" } });
    expect(upstream?.headers["content-length"]).toBe("0");
  });

  it("a Host with variables in it, and what an expression caught", () => {
    const host = (vhost: string, more: Setting = {}, name = "h.test"): string | undefined => {
      const annotations = { "upstream-vhost": vhost, ...more.annotations };
      return ask({ target: "/p/q", host: name }, { ...more, annotations }).upstream?.headers.host;
    };
    expect(host("$host.x")).toBe("h.test.x");
    expect(host("$1.x", { path: "/p/(.*)", annotations: { "use-regex": "true" } })).toBe("q.x");
    expect(host("$1.x", { host: "*.h.test" }, "w.h.test")).toBe("w.x");
  });

  it("X-Request-ID twice, where they are a default backend of the Ingress", () => {
    const annotations = { "default-backend": "s1" };
    const setting = { annotations, service: "none" };
    expect(ask({ headers: { "X-Request-ID": "7" } }, setting).upstream?.headers["x-request-id"]).toBe("7, 7");
  });

  it("no Proxy header, which programs take for the variable HTTP_PROXY", () => {
    const { headers } = ask({ headers: { Proxy: "http://evil.test", "X-Proxy": "1" } }).upstream!;
    expect(headers).toMatchObject({ "x-proxy": "1" });
    expect(headers).not.toHaveProperty("proxy");
  });

  it("the client's own X-Forwarded-For and X-Forwarded-Host by other names", () => {
    const headers = { "X-Forwarded-For": "203.0.113.1", "X-Forwarded-Host": "sent.test" };
    expect(ask({ headers }).upstream!.headers).toMatchObject({
      "x-original-forwarded-for": "203.0.113.1",
      "x-original-forwarded-host": "sent.test",
    });
  });

  it.each(["constructor", "toString", "__proto__", "hasOwnProperty"])("nothing by a setting %s", (name) => {
    const settings = { "forwarded-for-header": name, "forwarded-host-header": name, "use-forwarded-headers": "true" };
    const { status, upstream } = ask({}, { settings });
    expect(status).toBe(200);
    expect(Object.keys(upstream!.headers).filter((each) => each.startsWith("x-original"))).toEqual([]);
    expect(upstream!.headers["x-real-ip"]).toBe("192.0.2.1");
    const ofClient = Object.fromEntries([[name, "203.0.113.1"]]);
    const taken = { ...settings, "enable-underscores-in-headers": "true" };
    const told = new Map(Object.entries(ask({ headers: ofClient }, { settings: taken }).upstream!.headers));
    expect(told.get(name.toLowerCase())).toBe("203.0.113.1");
    expect(told.get("x-original-forwarded-host")).toBe("203.0.113.1");
    expect(told.get("x-real-ip")).toBe("203.0.113.1");
  });

  it("is told to close where no connections are kept", () => {
    expect(ask({}, { settings: { "upstream-keepalive-connections": "0" } }).upstream?.headers.connection).toBe("close");
  });
});

describe("what of an endpoint's answer is passed on", () => {
  it("headers whose names mean something to objects", () => {
    const headers = Object.fromEntries([["__proto__", "x"]]);
    expect(Object.entries(ask({}, { answer: { status: 200, headers } }).headers)).toEqual([["__proto__", "x"]]);
  });

  it("a new session comes before the endpoint's own cookies", () => {
    const { cookies } = ask({}, { annotations: { affinity: "cookie" }, answer: { status: 200, cookies: ["k=v"] } });
    expect(cookies.map((cookie) => cookie.split("=")[0])).toEqual(["INGRESSCOOKIE", "k"]);
  });

  it("cookies changed by a regular expression, which stands for the whole value", () => {
    const annotations = { "proxy-cookie-domain": "~UP h.test" };
    const answer = { status: 200, cookies: ["k=v; Domain=up.test"] };
    expect(ask({}, { annotations, answer }).cookies).toEqual(["k=v; Domain=h.test"]);
  });

  it("a session that began stays where a page of errors answers, cookies of the endpoint do not", () => {
    const setting = { annotations: { affinity: "cookie" }, settings: { "custom-http-errors": "503" } };
    const { status, cookies } = ask({}, { ...setting, answer: { status: 503, cookies: ["k=v"] } });
    expect([status, ...cookies.map((cookie) => cookie.split("=")[0])]).toEqual([404, "INGRESSCOOKIE"]);
  });

  it("a page of all is none of the controller's own default backend: 500", () => {
    expect(ask({ host: "else.test" }, { settings: { "custom-http-errors": "404" } }).status).toBe(500);
  });
});
