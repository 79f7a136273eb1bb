import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { ingressObject as ingress, serviceObjects as services } from "@kubenetsim/testing/ingress-objects";
import { type MadeCertificate, madeCertificate } from "@kubenetsim/testing/made-certificate";
import { describe, expect, it } from "vitest";
import { KeptLog } from "../controller-log.ts";
import type { HttpAnswer, HttpRequest, UpstreamRequest } from "../http/http-message.ts";
import type { UpstreamAnswer, UpstreamOutcome } from "../http/upstream-exchange.ts";
import { annotationWarnings } from "./annotations/annotation-warnings.ts";
import { IngressNginxController, type SyncOutcome } from "./controller.ts";
import { Nginx } from "./request/nginx.ts";
import { isKnownUser } from "./request/password-file.ts";

interface Lab {
  readonly controller: IngressNginxController;
  readonly log: KeptLog;
  readonly outcome: SyncOutcome;
  ask(request?: Partial<HttpRequest>, endpoints?: (request: UpstreamRequest) => UpstreamOutcome): HttpAnswer;
}

function labOf(objects: readonly ApiObject[], settings: Readonly<Record<string, string>> = {}): Lab {
  const log = new KeptLog();
  const configMap = "n/settings";
  const controller = new IngressNginxController({ configMap }, log);
  const settingsObject = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name: "settings" } };
  for (const object of [{ ...settingsObject, data: settings }, ...services(), ...objects] as ApiObject[]) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    controller.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  const outcome = controller.sync(0);
  const request = { method: "GET", target: "/", host: "h.test", headers: {}, bodyBytes: 0, clientAddress: "192.0.2.1" };
  return {
    controller,
    log,
    outcome,
    ask: (more = {}, endpoints = () => ({ status: 200 })) => {
      const resolve = (name: string): string[] => (name === "auth.test" ? ["10.9.9.9"] : []);
      const nginx = new Nginx({ send: endpoints, random: () => 0.5, resolve });
      nginx.load(controller.running!, { isReload: true, nowMs: 0 });
      return nginx.answer({ ...request, isTls: false, ...more }, 0);
    },
  };
}

function host(
  annotations: Readonly<Record<string, string>>,
  tls?: { hosts: string[]; secretName: string }[],
): ApiObject {
  return ingress("web", { host: "h.test", paths: [["/", "Prefix", "s0"]], annotations, ...(tls && { tls }) });
}

function secret(name: string, data: Readonly<Record<string, string>>): ApiObject {
  const encoded = Object.fromEntries(Object.entries(data).map(([key, value]) => [key, base64(value)]));
  return { apiVersion: "v1", kind: "Secret", metadata: { namespace: "n", name }, data: encoded } as ApiObject;
}

function tlsSecret(name: string, { certificate, key }: MadeCertificate, more: Record<string, string> = {}): ApiObject {
  return secret(name, { "tls.crt": certificate, "tls.key": key, ...more });
}

const basic = (user: string): Record<string, string> => ({ authorization: `Basic ${base64(user)}` });

/** As nginx 1.22.1 answered to these. */
describe("a file of users", () => {
  const users = [
    "apr:$apr1$abcdefgh$h9FWgUz3n9YxylKLlR5SQ/",
    "md5:$1$xy$cEHxrWa7fGc1UnMezW.w51",
    "plain:{PLAIN}secret",
    "raw:secret",
    "sha:{SHA}5en6G6MezRroT3XKqkdPOmY/BfQ=",
    "ssha:{SSHA}gVK8WC9YyFT1gMsQHTGCgT3sSv5zYWx0",
    "#c:{PLAIN}x",
    "more:{PLAIN}a:comment",
    "empty:",
  ].join("\n");

  it.each([
    ["apr:secret", true],
    ["apr:Secret", false],
    ["md5:a much longer password than sixteen", true],
    ["md5:a much longer password than", false],
    ["plain:secret", true],
    ["plain:Secret", false],
    ["raw:secret", false],
    ["sha:secret", true],
    ["ssha:secret", true],
    ["ssha:bad", false],
    ["#c:x", false],
    ["more:a", true],
    ["more:a:comment", false],
    ["empty:", false],
    ["nobody:x", false],
  ])("%s", (user, isKnown) => {
    expect(isKnownUser(basic(user).authorization, users)).toBe(isKnown);
  });
});

describe("basic authentication", () => {
  const annotations = { "auth-type": "basic", "auth-secret": "users", "auth-realm": "my realm" };
  const users = secret("users", { auth: "bob:{PLAIN}secret\n" });

  it("asks for a password, and keeps it from the endpoint", () => {
    const lab = labOf([users, host(annotations)]);
    const refused = lab.ask({ headers: basic("bob:wrong") });
    expect(refused).toMatchObject({ status: 401, headers: { "www-authenticate": 'Basic realm="my realm"' } });
    const passed = lab.ask({ headers: basic("bob:secret") });
    expect(passed.status).toBe(200);
    expect(passed.upstream?.headers.authorization).toBeUndefined();
  });

  it("is asked of nobody below the paths of ACME", () => {
    const path: [string, string, string][] = [["/.well-known/acme-challenge", "Prefix", "s0"]];
    const lab = labOf([users, ingress("web", { host: "h.test", paths: path, annotations })]);
    expect(lab.ask({ target: "/.well-known/acme-challenge/x" }).status).toBe(200);
  });

  it.each([
    ["any", "192.0.2.1", 200],
    ["any", "198.51.100.1", 401],
    ["all", "192.0.2.1", 401],
    ["all", "198.51.100.1", 403],
  ])("satisfy %s for %s", (satisfy, clientAddress, status) => {
    const lab = labOf([users, host({ ...annotations, satisfy, "whitelist-source-range": "192.0.2.0/24" })]);
    expect(lab.ask({ clientAddress }).status).toBe(status);
  });

  it("with a hash that is not modelled is refused by name", () => {
    const lab = labOf([secret("users", { auth: "bob:$2y$05$abcdefghijklmnopqrstuv" }), host(annotations)]);
    expect(() => lab.ask({ headers: basic("bob:secret") })).toThrow(/method \$2y\$/);
  });
});

it("begins no session at a host for being called like what every object has", () => {
  const other = ingress("other", { host: "constructor", paths: [["/", "Prefix", "s0"]] });
  const lab = labOf([host({ affinity: "cookie" }), other]);
  expect(lab.ask().cookies).toHaveLength(1);
  expect(lab.ask({ host: "constructor" })).toMatchObject({ status: 200, cookies: [] });
});

describe("external authentication", () => {
  const url = { "auth-url": "http://auth.test:8000/check?from=$host" };
  const answers = (answer: UpstreamAnswer) => {
    const seen: UpstreamRequest[] = [];
    const send = (request: UpstreamRequest): UpstreamOutcome => {
      if (request.endpoint !== "10.9.9.9:8000") return { status: 200 };
      seen.push(request);
      return answer;
    };
    return { seen, send };
  };

  it("passes on headers of a yes, and its cookie", () => {
    const { seen, send } = answers({ status: 202, headers: { "x-user": "alice" }, cookies: ["s=1"] });
    const lab = labOf([host({ ...url, "auth-response-headers": "X-User, X-Group" })]);
    const answer = lab.ask(
      { method: "POST", target: "/cart?x=1", bodyBytes: 3, headers: { "X-User": "mallory", "X-Group": "admin" } },
      send,
    );
    expect(answer).toMatchObject({ status: 200, cookies: ["s=1"] });
    expect(answer.upstream?.headers["x-user"]).toBe("alice");
    expect(answer.upstream?.headers["x-group"]).toBeUndefined();
    expect(seen).toHaveLength(1);
    expect(seen[0]).toMatchObject({
      method: "GET",
      url: "/check?from=h.test",
      bodyBytes: 0,
      headers: {
        host: "auth.test",
        "x-original-url": "http://h.test/cart?x=1",
        "x-original-method": "POST",
        "x-sent-from": "nginx-ingress-controller",
        "x-auth-request-redirect": "/cart?x=1",
        "x-real-ip": "192.0.2.1",
      },
    });
    expect(seen[0]!.headers["x-request-id"]).toBe(answer.upstream?.headers["x-request-id"]);
  });

  it("passes on no header that the answer has only as every object has it", () => {
    const { send } = answers({ status: 200 });
    const lab = labOf([host({ ...url, "auth-response-headers": "constructor, __proto__" })]);
    const names = Object.keys(lab.ask({}, send).upstream!.headers);
    expect(names.filter((name) => /constructor|proto/.test(name) && !name.startsWith("x-"))).toEqual([]);
  });

  it.each([
    [401, 401],
    [403, 403],
    [302, 500],
    [500, 500],
  ])("of %i is %i for the client", (status, told) => {
    const { send } = answers({ status, headers: { "www-authenticate": "Bearer x" }, cookies: ["s=1"] });
    const answer = labOf([host(url)]).ask({}, send);
    expect(answer).toMatchObject({ status: told, cookies: [], upstream: undefined });
    expect(answer.headers["www-authenticate"]).toBe(status === 401 ? "Bearer x" : undefined);
  });

  it("that nobody answers is 500", () => {
    expect(labOf([host(url)]).ask({}, () => "refused").status).toBe(500);
    expect(labOf([host({ "auth-url": "http://nowhere.test/" })]).ask().status).toBe(500);
  });

  it.each([
    ["https://login.test/start", "https://login.test/start?rd=http://h.test%2Fcart%3Fx%3D1"],
    ["https://login.test/start?a=b", "https://login.test/start?a=b&rd=http://h.test%2Fcart%3Fx%3D1"],
    ["https://login.test/start?rd=$host", "https://login.test/start?rd=h.test"],
  ])("sends who has to sign in to %s", (signin, location) => {
    const { send } = answers({ status: 401, headers: { "www-authenticate": "Bearer x" } });
    const answer = labOf([host({ ...url, "auth-signin": signin })]).ask({ target: "/cart?x=1" }, send);
    expect(answer).toMatchObject({ status: 302, headers: { location, "www-authenticate": "Bearer x" } });
  });

  it.each([
    ["auth.test/check", "could not parse auth-url annotation: url scheme is empty"],
    ["http:///check", "could not parse auth-url annotation: url host is empty"],
    ["http://a..b/", "could not parse auth-url annotation: invalid url host"],
  ])("of %s denies the location", (bad, why) => {
    const { log, ask } = labOf([host({ "auth-url": bad })]);
    expect(ask().status).toBe(503);
    expect(log.entries.map(({ message }) => message)).toContain(
      `"error reading Ingress annotation" err="${why}" name="ExternalAuth" ingress="n/web"`,
    );
  });
});

/** As nginx 1.22.1 answered to these. */
describe("certificates of clients", () => {
  const root = madeCertificate({ commonName: "Root", isAuthority: true });
  const client = madeCertificate({ commonName: "client", dnsNames: ["client.test"], issuer: root });
  const stranger = madeCertificate({ commonName: "stranger", dnsNames: ["client.test"] });
  const ca = secret("ca", { "ca.crt": root.certificate });
  const over = (clientCertificate?: string): Partial<HttpRequest> => ({
    isTls: true,
    serverName: "h.test",
    ...(clientCertificate === undefined ? {} : { clientCertificate }),
  });
  const labFor = (more: Readonly<Record<string, string>> = {}): Lab =>
    labOf([ca, host({ "auth-tls-secret": "n/ca", "ssl-redirect": "false", ...more })]);

  it.each([
    ["on", undefined, 400],
    ["on", client, 200],
    ["on", stranger, 400],
    ["optional", undefined, 200],
    ["optional", stranger, 400],
    ["optional_no_ca", stranger, 200],
    ["off", stranger, 200],
  ])("%s", (verify, shown, status) => {
    const answer = labFor({ "auth-tls-verify-client": verify }).ask(over(shown?.certificate));
    expect(answer.status).toBe(status);
    if (status !== 400) return;
    const title = shown === undefined ? "No required SSL certificate was sent" : "The SSL certificate error";
    expect(answer.body).toContain(`<center>${title}</center>`);
  });

  it("are told to the endpoint", () => {
    const answer = labFor({ "auth-tls-pass-certificate-to-upstream": "true" }).ask(over(client.certificate));
    expect(answer.upstream?.headers).toMatchObject({
      "ssl-client-verify": "SUCCESS",
      "ssl-client-subject-dn": "CN=client",
      "ssl-client-issuer-dn": "CN=Root",
      "ssl-client-cert": encodeURIComponent(client.certificate),
    });
  });

  it("are not asked for without TLS; another Host than the name of the handshake is misdirected", () => {
    expect(labFor().ask().status).toBe(200);
    expect(labFor().ask({ isTls: true, serverName: "other.test" }).status).toBe(421);
  });

  it("that have another subject than asked for are refused", () => {
    const lab = labFor({ "auth-tls-match-cn": "CN=boss" });
    expect(lab.ask(over(client.certificate))).toMatchObject({ status: 403, body: "client certificate unauthorized" });
    expect(labFor({ "auth-tls-match-cn": "CN=cli" }).ask(over(client.certificate)).status).toBe(200);
  });

  it("send to the page for errors", () => {
    const lab = labFor({ "auth-tls-error-page": "https://help.test/tls" });
    expect(lab.ask(over())).toMatchObject({ status: 302, headers: { location: "https://help.test/tls" } });
  });

  it.each([
    ["ca", "location denied, reason: invalid format (namespace/name) found in 'ca'"],
    ["other/ca", "location denied, reason: cross namespace secrets are not supported"],
    ["n/none", "error obtaining certificate: local SSL certificate n/none was not found"],
  ])("of the Secret %s close the whole server", (key, why) => {
    const lab = labOf([ca, host({ "auth-tls-secret": key })]);
    expect(lab.ask().status).toBe(403);
    expect(lab.log.entries.map(({ message }) => message)).toContain(
      `"error reading Ingress annotation" err="${why}" name="CertificateAuth" ingress="n/web"`,
    );
  });
});

describe("headers of answers", () => {
  const headers = { apiVersion: "v1", kind: "ConfigMap", metadata: { namespace: "n", name: "headers" } };
  const object = { ...headers, data: { "X-Frame-Options": "DENY" } } as ApiObject;

  it("come from a ConfigMap where the configuration allows them", () => {
    const allowed = { "global-allowed-response-headers": "X-Frame-Options, X-Other" };
    const lab = labOf([object, host({ "custom-headers": "n/headers" })], allowed);
    expect(lab.ask().headers["x-frame-options"]).toBe("DENY");
  });

  it("deny the location where it does not", () => {
    const lab = labOf([object, host({ "custom-headers": "n/headers" })]);
    expect(lab.ask().status).toBe(503);
    expect(lab.log.entries.at(-1)?.message).toContain("header X-Frame-Options is not allowed");
  });
});

describe("what endpoints and mirrors get", () => {
  it("Connection as the Ingress asks for it", () => {
    const answer = labOf([host({ "connection-proxy-header": "keep-alive" })]).ask();
    expect(answer.upstream?.headers.connection).toBe("keep-alive");
  });

  it("a copy", () => {
    const seen: string[] = [];
    const send = ({ endpoint, url, headers }: UpstreamRequest): UpstreamOutcome => {
      seen.push(`${endpoint}${url} ${headers.host}`);
      return { status: endpoint.startsWith("10.9.") ? 500 : 200 };
    };
    const lab = labOf([host({ "mirror-target": "http://auth.test:81$request_uri" })]);
    expect(lab.ask({ target: "/a?b" }, send).status).toBe(200);
    expect(seen).toEqual(["10.9.9.9:81/a?b auth.test", "10.244.0.0:8080/a?b h.test"]);
  });
});

/** As nginx 1.22.1 changed them. */
describe("what an endpoint answers", () => {
  const annotations = {
    "proxy-redirect-from": "http://old.test/",
    "proxy-redirect-to": "http://new.test/x/",
    "proxy-cookie-domain": ".old.test new.test",
    "proxy-cookie-path": "/one/ /two/",
  };
  const answered = (answer: Partial<UpstreamAnswer>, more: Readonly<Record<string, string>> = {}): HttpAnswer =>
    labOf([host({ ...annotations, ...more })]).ask({}, () => ({ status: 200, ...answer }));

  it.each([
    ["location", "http://old.test/p?x", "http://new.test/x/p?x"],
    ["location", "http://OLD.test/p", "http://OLD.test/p"],
    ["location", "/rel", "/rel"],
    ["refresh", "5; URL=http://old.test/p", "5; URL=http://new.test/x/p"],
    ["refresh", "http://old.test/", "http://old.test/"],
    ["refresh", '5;url="http://old.test/p"', '5;url="http://old.test/p"'],
  ])("%s: %s", (name, value, told) => {
    expect(answered({ headers: { [name]: value } }).headers[name]).toBe(told);
  });

  it("leads to the host itself where it is sent to a path", () => {
    const to = { "proxy-redirect-to": "/" };
    expect(answered({ headers: { location: "http://old.test/p" } }, to).headers.location).toBe("http://h.test/p");
  });

  it.each([
    ["s=1; Domain=old.test; Path=/one/x", "s=1; Domain=new.test; Path=/two/x"],
    ["s=1; domain=.OLD.test", "s=1; domain=.new.test"],
    ["s=1; Domain=sub.old.test", "s=1; Domain=sub.old.test"],
    ["s=1;path=/one", "s=1;path=/one"],
    ["s=1; Path=/one/;HttpOnly; Domain=.old.test", "s=1; Path=/two/; HttpOnly; Domain=.new.test"],
    ["s=1; Path = /one/", "s=1; Path=/two/"],
    ["path=/one/; Path=/one/", "path=/one/; Path=/two/"],
  ])("cookie %s", (cookie, told) => {
    expect(answered({ cookies: [cookie] }).cookies).toEqual([told]);
  });
});

describe("TLS of a host", () => {
  const tls = [{ hosts: ["h.test"], secretName: "own" }];
  const own = madeCertificate({ commonName: "h.test", dnsNames: ["h.test"] });

  it("is passed on to the Service where the Ingress asks for it", () => {
    const web = { ...services()[0]!, spec: { clusterIP: "10.96.0.7", ports: [{ port: 80, targetPort: 8080 }] } };
    const { controller, log } = labOf([web as ApiObject, host({ "ssl-passthrough": "true" })]);
    expect(controller.passthroughFor("h.test")).toBe("10.96.0.7:80");
    expect(controller.passthroughFor("other.test")).toBeUndefined();
    expect(log.entries).toEqual([]);
  });

  it("is passed on for `/` alone", () => {
    const paths: [string, string, string][] = [["/api", "Exact", "s0"]];
    const { log } = labOf([ingress("web", { host: "h.test", paths, annotations: { "ssl-passthrough": "true" } })]);
    expect(log.entries.map(({ message }) => message)).toEqual([
      'Ignoring SSL Passthrough for location "/api" in server "h.test"',
    ]);
  });

  it("is begun anew to endpoints of `/` where another backend answers for errors, but not to that one", () => {
    const annotations = { "ssl-passthrough": "true", "custom-http-errors": "404", "default-backend": "s1" };
    const sent: (boolean | undefined)[] = [];
    labOf([host(annotations)]).ask({}, ({ isTls }) => {
      sent.push(isTls);
      return { status: 404 };
    });
    expect(sent).toEqual([true, false]);
    const { "custom-http-errors": _, ...plain } = annotations;
    expect(labOf([host(plain)]).ask().upstream?.isTls).toBe(false);
  });

  it("is refused for names of nobody where the configuration says so", () => {
    const lab = labOf([tlsSecret("own", own), host({}, tls)], { "ssl-reject-handshake": "true" });
    const nginx = new Nginx({ send: () => ({ status: 200 }), random: () => 0 });
    nginx.load(lab.controller.running!, { isReload: true, nowMs: 0 });
    expect(nginx.certificateFor("h.test")?.secret).toBe("n/own");
    expect(nginx.certificateFor("other.test")).toBeUndefined();
    expect(nginx.certificateFor(undefined)).toBeUndefined();
  });

  it.each([
    ["270101000000Z", []],
    ["260105000000Z", ['SSL certificate for server "h.test" is about to expire (2026-01-05 00:00:00 +0000 UTC)']],
    ["251231000000Z", ['SSL certificate for server "h.test" expired (2025-12-31 00:00:00 +0000 UTC)']],
  ])("is warned of when its certificate ends at %s", (notAfter, lines) => {
    const ending = madeCertificate({ commonName: "h.test", dnsNames: ["h.test"], notAfter });
    const { log } = labOf([tlsSecret("own", ending), host({}, tls)]);
    expect(log.entries.map(({ message }) => message)).toEqual(lines);
  });

  it.each([
    [{ "tls.crt": own.certificate }, 'secret "n/own" contains no keypair or CA certificate'],
    [
      { "tls.crt": "x", "tls.key": own.key },
      problem("no certificate PEM data found, make sure certificate content starts with 'BEGIN CERTIFICATE'"),
    ],
    [{ "tls.crt": "x", "tls.key": "y" }, problem("no valid PEM formatted block found")],
    [
      { "tls.crt": own.certificate, "tls.key": madeCertificate({ commonName: "other" }).key },
      problem(
        "certificate and private key does not have a matching public key: tls: private key does not match public key",
      ),
    ],
    [
      { "tls.crt": own.certificate, "tls.key": own.key, "ca.crt": "none" },
      "parsing CA certificate: error decoding CA certificate/s",
    ],
  ])("has the default certificate where the Secret holds none: %#", (data, why) => {
    const { log, controller } = labOf([secret("own", data as Record<string, string>), host({}, tls)]);
    const messages = log.entries.map(({ message }) => message);
    expect(messages).toContain(`Error obtaining X.509 certificate: ${why}`);
    const server = controller.running!.servers.find(({ hostname }) => hostname === "h.test");
    expect(server?.certificate?.commonName).toBe("Kubernetes Ingress Controller Fake Certificate");
  });
});

function problem(why: string): string {
  return `unexpected error creating SSL Cert: ${why}`;
}

describe("annotations", () => {
  it("that are not modelled, unknown or gone are warned of by name", () => {
    const annotations = {
      "enable-modsecurity": "true",
      "rewrite-targt": "/",
      "global-rate-limit": "1",
      "zzz-qqq": "1",
    };
    const object = ingress("web", { host: "h.test", annotations: { ...annotations, "ssl-redirect": "false" } });
    const about = (name: string): string => `annotation nginx.ingress.kubernetes.io/${name} of Ingress n/web`;
    expect(annotationWarnings(object).map(({ message }) => message)).toEqual([
      `${about("enable-modsecurity")} is not modelled`,
      `${about("rewrite-targt")} is unknown to ingress-nginx, which ignores it: is rewrite-target meant?`,
      `${about("global-rate-limit")} is none of controller v1.15.1, which ignores it: earlier versions had it`,
      `${about("zzz-qqq")} is unknown to ingress-nginx, which ignores it`,
    ]);
  });

  it.each(["configuration-snippet", "server-snippet", "stream-snippet", "auth-snippet", "modsecurity-snippet"])(
    "with a risk above the allowed one drop the Ingress: %s",
    (name) => {
      const { log, controller } = labOf([host({ [name]: "return 200;" })]);
      expect(controller.ingressKeys).toEqual([]);
      expect(log.entries.map(({ message }) => message)).toEqual([
        expect.stringContaining("contains risky annotation based on ingress configuration"),
      ]);
    },
  );

  it.each([
    ["connection-proxy-header", "upgrade"],
    ["ssl-passthrough", "maybe"],
    ["ssl-ciphers", "a b;c"],
    ["http2-push-preload", "x"],
    ["client-body-buffer-size", "1x"],
  ])("with a value that their parser hands on drop the Ingress: %s", (name, value) => {
    const { log, controller } = labOf([host({ [name]: value })]);
    expect(controller.ingressKeys).toEqual([]);
    expect(log.entries.at(-1)?.message).toBe(`annotation nginx.ingress.kubernetes.io/${name} contains invalid value`);
  });
});
