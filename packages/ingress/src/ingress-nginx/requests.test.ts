import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { ingressObject, serviceObjects } from "@kubenetsim/testing/ingress-objects";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest, UpstreamRequest } from "../http/http-message.ts";
import type { UpstreamOutcome } from "../http/upstream-exchange.ts";
import { settingsProblem } from "./conf/settings-problem.ts";
import { IngressNginxController } from "./controller.ts";
import { readSettings } from "./read-settings.ts";
import { cookieTime } from "./request/cookie-time.ts";
import { hostName } from "./request/host-name.ts";
import { byteText } from "./request/location-table.ts";
import { Nginx } from "./request/nginx.ts";
import type { RequestContext } from "./request/request-context.ts";
import { luaCookie, variableCookie } from "./request/request-cookies.ts";
import { parseTarget } from "./request/request-target.ts";

interface Setup {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly settings?: Readonly<Record<string, string>>;
  readonly path?: string;
  readonly objects?: readonly ApiObject[];
}

type Send = (request: UpstreamRequest) => UpstreamOutcome;
type Ask = (request?: Partial<HttpRequest>, send?: Send) => HttpAnswer;

/** One nginx whose host h.test has one path. */
function nginxOf({ annotations = {}, settings = {}, path = "/", objects = [] }: Setup = {}): Ask {
  const controller = new IngressNginxController({ configMap: "n/settings" }, new KeptLog());
  const metadata = { namespace: "n", name: "settings" };
  const web = ingressObject("web", { host: "h.test", paths: [[path, "Prefix", "s0"]], annotations });
  const configMap = { apiVersion: "v1", kind: "ConfigMap", metadata, data: settings } as ApiObject;
  for (const object of [configMap, ...serviceObjects(), web, ...objects]) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  controller.sync(0);
  let send: Send;
  const nginx = new Nginx({ send: (request) => send(request), random: () => 0.5 });
  nginx.load(controller.running!, { isReload: true, nowMs: 0 });
  const plain = { method: "GET", target: "/", host: "h.test", headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1" };
  return (request = {}, endpoints = () => ({ status: 200 })) => {
    send = endpoints;
    return nginx.answer({ ...plain, isTls: false, ...request }, 0);
  };
}

function tries({ steps }: HttpAnswer): number {
  return steps.filter(({ phase }) => phase === "upstream").length;
}

describe("tries of other endpoints", () => {
  const refused = (): UpstreamOutcome => "refused";

  it("without a limit end at the first answer", () => {
    const ask = nginxOf({ annotations: { "proxy-next-upstream-tries": "0" } });
    let left = 20;
    expect(ask({}, () => (left-- > 0 ? "refused" : { status: 200 }))).toMatchObject({ status: 200 });
  });

  it.each(["0", "2000000000"])("of which %s are allowed are refused by name where nobody ever answers", (limit) => {
    const ask = nginxOf({ annotations: { "proxy-next-upstream-tries": limit } });
    expect(() => ask({}, refused)).toThrow(UnsupportedError);
    expect(() => ask({}, refused)).toThrow(
      `1000 tries of endpoints is not modelled (proxy-next-upstream-tries ${limit},`,
    );
  });

  it.each(["affinity", "ewma", "hash"])("without a limit end with each way of balancing: %s", (way) => {
    const more = {
      affinity: { affinity: "cookie" },
      ewma: { "load-balance": "ewma" },
      hash: { "upstream-hash-by": "$uri" },
    };
    const ask = nginxOf({ annotations: { "proxy-next-upstream-tries": "0", ...more[way as keyof typeof more] } });
    const outcome = (): number | undefined => {
      try {
        return ask({}, refused).status;
      } catch (error) {
        return error instanceof UnsupportedError ? undefined : 0;
      }
    };
    expect([502, undefined]).toContain(outcome());
  });

  it("end with proxy-next-upstream-timeout, of which refused ones take nothing", () => {
    const annotations = { "proxy-next-upstream-tries": "0", "proxy-next-upstream-timeout": "7" };
    expect(nginxOf({ annotations })({}, refused)).toMatchObject({ status: 502, tookMs: 7000 });
  });

  it("end with the first after proxy-next-upstream-timeout", () => {
    const annotations = { "proxy-next-upstream-tries": "5", "proxy-next-upstream-timeout": "8" };
    const answer = nginxOf({ annotations })({}, () => "timeout");
    expect(answer).toMatchObject({ status: 504, tookMs: 10_000 });
    expect(tries(answer)).toBe(2);
  });

  it("are none for a body that was sent and not kept", () => {
    const ask = nginxOf({ annotations: { "proxy-request-buffering": "off" } });
    const of = (request: Partial<HttpRequest>): number => tries(ask(request, () => "closed"));
    expect([of({ method: "PUT", bodyBytes: 3 }), of({ method: "PUT" })]).toEqual([1, 3]);
  });
});

describe("CORS with a list of which every origin was wrong", () => {
  const ask = nginxOf({ annotations: { "enable-cors": "true", "cors-allow-origin": "foo.test" } });

  it("is closed to all", () => {
    const { status, headers } = ask({ headers: { origin: "https://evil.test" } });
    expect(status).toBe(200);
    expect(Object.keys(headers).filter((name) => name.startsWith("access-control"))).toEqual([]);
  });

  it("leaves the question before a request to the endpoint", () => {
    const request = { method: "OPTIONS", headers: { origin: "https://evil.test" } };
    expect(ask(request)).toMatchObject({ status: 200, upstream: { method: "OPTIONS" } });
  });
});

/** Answers of a real nginx 1.22.1 with these trusted ranges. */
describe("the last address of X-Forwarded-For that is not trusted", () => {
  const settings = { "use-forwarded-headers": "true", "proxy-real-ip-cidr": "192.0.2.0/24,10.0.0.0/8,1.0.0.0/8" };
  const ask = nginxOf({ settings });
  const clientOf = (list: string): string | undefined =>
    ask({ headers: { "x-forwarded-for": list } }).upstream?.headers["x-real-ip"];

  it.each([
    ["8.8.8.8:123", "8.8.8.8"],
    ["8.8.8.8:0", "192.0.2.1"],
    ["8.8.8.8:65536", "192.0.2.1"],
    ["9.9.9.9, 10.244.3.3,", "9.9.9.9"],
    ["9.9.9.9, 10.244.3.3 , ", "9.9.9.9"],
    ["7.7.7.7 8.8.8.8", "8.8.8.8"],
    ["8.8.8.8 1.1.1.1", "8.8.8.8"],
    ["[2001:db8::1]:80", "2001:db8::1"],
    ["[2001:db8::1]", "192.0.2.1"],
    ["2001:DB8:0::1", "2001:db8::1"],
    ["008.8.8.010", "8.8.8.10"],
    ["8.8.8", "192.0.2.1"],
    ["9.9.9.9, nobody, 10.0.0.1", "10.0.0.1"],
    [",8.8.8.8", "192.0.2.1"],
    [" ,8.8.8.8", "8.8.8.8"],
    ["10.0.0.1,10.0.0.2", "10.0.0.1"],
    ["", "192.0.2.1"],
  ])("%j: %s", (list, client) => {
    expect(clientOf(list)).toBe(client);
  });
});

describe("a cookie of which there are two", () => {
  const ask = nginxOf({ annotations: { affinity: "cookie", "session-cookie-name": "S" } });
  const valid = /^S=([^;]*)/.exec(ask().cookies[0]!)![1]!;

  it.each([`S=bogus; S=${valid}`, `S=bogus;S=${valid} ; other=1`, `S=bogus;\t S=${valid}\t; S`])(
    "is the last to Lua: %s",
    (cookie) => {
      expect(ask({ headers: { cookie } }).cookies).toEqual([]);
    },
  );

  it("is the first to nginx's variables, of any case", () => {
    const request = { headers: { cookie: "s=a; S=b" } } as unknown as RequestContext;
    expect([variableCookie(request, "S"), luaCookie(request, "S"), luaCookie(request, "s")]).toEqual(["a", "b", "a"]);
  });

  it.each([
    ["x; x=1", undefined],
    ["xy=2; x = 1 ;z=3", "1 "],
    ["y=2,x=1", "1"],
    ["x", undefined],
    ["y=x=5; x=", ""],
  ])("is read by nginx as it does: %s", (cookie, value) => {
    expect(variableCookie({ headers: { cookie } } as unknown as RequestContext, "x")).toBe(value);
  });
});

describe("a path that lacks the slash of its location", () => {
  it.each([
    ["/é/", "/%c3%a9", "/%C3%A9/"],
    ["/a%20b/", "/a%2520b", "/a%2520b/"],
    ["/a b/", "/a%20b?x=é", "/a%20b/?x=é"],
  ])("%s is escaped", (path, target, location) => {
    expect(nginxOf({ path })({ target }).headers.location).toBe(`http://h.test${location}`);
  });
});

describe("a Host header", () => {
  it.each(["a.b:80/", "a.b:8 0", "a.b:80..", "a..b", "h.test/", ".", ":80", "h\x7f", ""])(
    "%j is answered with 400",
    (host) => {
      expect(hostName(host)).toBeUndefined();
    },
  );

  it.each([
    ["H.test:80", "h.test"],
    ["h.test.:80", "h.test"],
    ["h.test.", "h.test"],
    ["h.test:nonsense", "h.test"],
    ["[::1]:80", "[::1]"],
    ["[::1", "[::1"],
    ["[::1]x", "[::1]"],
    [".h", ".h"],
  ])("%j is %s", (host, name) => {
    expect(hostName(host)).toBe(name);
  });
});

describe("headers with underscores", () => {
  const headers = { X_Canary: "always", "X-Real": "1" };
  const passed = (settings: Readonly<Record<string, string>>): unknown =>
    nginxOf({ settings })({ headers }).upstream?.headers.x_canary;

  it("are left out, unless the configuration asks for them", () => {
    expect(passed({})).toBeUndefined();
    expect(passed({ "enable-underscores-in-headers": "true" })).toBe("always");
    expect(passed({ "ignore-invalid-headers": "false" })).toBe("always");
  });

  it("send nobody to a canary", () => {
    const annotations = { canary: "true", "canary-by-header": "X-Canary" };
    const objects = [ingressObject("canary", { host: "h.test", paths: [["/", "Prefix", "s1"]], annotations })];
    const ask = nginxOf({ objects });
    const reached = (sent: Readonly<Record<string, string>>): string | undefined =>
      ask({ headers: sent }).upstream?.endpoint;
    expect(reached(headers)).toBe(reached({}));
    expect(reached({ "X-Canary": "always" })).not.toBe(reached({}));
  });
});

describe("a configuration whose buffers nginx does not take", () => {
  it.each([
    [{ "large-client-header-buffers": "8k" }, 'invalid number of arguments in "large_client_header_buffers" directive'],
    [{ "large-client-header-buffers": "4 8x" }, '"large_client_header_buffers" directive invalid value'],
    [{ "client-header-buffer-size": "-1k" }, '"client_header_buffer_size" directive invalid value'],
  ])("%j is refused", (data, problem) => {
    const settings = readSettings(data, new KeptLog());
    expect(settingsProblem(settings)).toBe(problem);
  });
});

describe("texts that are very long", () => {
  it("are read", () => {
    const long = "é".repeat(200_000);
    expect(byteText(long)).toHaveLength(400_000);
    expect(parseTarget(`/%41${"a".repeat(200_000)}`)?.uri).toHaveLength(200_002);
  });

  it("are refused where nginx has no buffer for them", () => {
    expect(nginxOf()({ target: `/${"a".repeat(200_000)}` }).status).toBe(414);
  });
});

describe("a session cookie that runs out", () => {
  it("names the time as nginx does", () => {
    const more = { "session-cookie-expires": "100", "session-cookie-max-age": "007" };
    const [cookie] = nginxOf({ annotations: { affinity: "cookie", ...more } })().cookies;
    expect(cookie).toContain("; Expires=Thu, 01-Jan-26 00:01:40 GMT; Max-Age=7; ");
  });

  it.each([
    [-1000, "Wed, 31-Dec-25 23:59:59 GMT"],
    [86_400_000 * 5000, "Sat, 10-Sep-2039 00:00:00 GMT"],
  ])("at %d ms", (nowMs, text) => {
    expect(cookieTime(nowMs)).toBe(text);
  });
});
