import { existsSync } from "node:fs";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import type { Secret } from "@kubenetsim/core/model/secret";
import { base64 } from "@kubenetsim/core/runtime/base64";
import { KeptLog } from "@kubenetsim/ingress/controller-log";
import { configurationProblem } from "@kubenetsim/ingress/ingress-nginx/conf/configuration-problem";
import { nginxConf } from "@kubenetsim/ingress/ingress-nginx/conf/nginx-conf";
import type { Configuration } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { ConfigurationModel } from "@kubenetsim/ingress/ingress-nginx/model/configuration-model";
import { ModelInputs } from "@kubenetsim/ingress/ingress-nginx/model/model-inputs";
import { ControllerStore } from "@kubenetsim/ingress/ingress-nginx/store/controller-store";
import { type IngressParts, ingressObject, serviceObjects } from "@kubenetsim/testing/ingress-objects";
import { madeCertificate } from "@kubenetsim/testing/made-certificate";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { NginxFolder, nginxProgram, streamModule } from "./real-nginx.ts";

const seed = Number(process.env.SEED ?? 7);

/** The configuration of some Ingresses, whether nginx takes it or not. */
function configurationOf(all: readonly IngressParts[], more: readonly ApiObject[] = []): Configuration {
  const log = new KeptLog();
  const inputs = new ModelInputs({});
  const store = new ControllerStore({ configMap: "n/settings" }, inputs, log);
  const objects = [...serviceObjects(), ...more, ...all.map((parts, i) => ingressObject(`i${i}`, parts))];
  for (const object of objects) {
    const key = `${object.metadata.namespace}/${object.metadata.name}`;
    store.apply({ revision: 1, kind: object.kind, key, before: undefined, after: object });
  }
  return new ConfigurationModel(inputs).build(log);
}

const own = madeCertificate({ commonName: "fake", dnsNames: ["ingress.local"] });
let folder: NginxFolder;

beforeAll(() => {
  const pem = own.certificate + own.key;
  folder = new NginxFolder(
    new Map([
      ["", pem],
      ["n/own", pem],
      ["ca-n/own", own.certificate],
    ]),
  );
});

afterAll(() => folder.remove());

/** What `nginx -t` says of it. */
function realProblem(configuration: Configuration): string | undefined {
  folder.write(configuration);
  return folder.test();
}

const regexes = { "use-regex": "true" };

/** What may be long, how it begins, and what else it takes. */
const longAnnotations: readonly [name: string, begin: string, more?: Readonly<Record<string, string>>][] = [
  ["permanent-redirect", "https://p.test/"],
  ["temporal-redirect", "https://t.test/"],
  ["rewrite-target", "/"],
  ["app-root", "/"],
  ["upstream-vhost", "a"],
  ["x-forwarded-prefix", "/", { "rewrite-target": "/b" }],
  ["auth-signin", "https://s.test/", { "auth-url": "http://10.0.0.1/" }],
  ["auth-url", "http://10.0.0.1/"],
  ["ssl-ciphers", "HIGH:"],
  ["cors-allow-headers", "X", { "enable-cors": "true" }],
  ["proxy-cookie-path", "/a /"],
];

/** Paths and annotations of one Ingress for `h.test` that nginx has something to say of, or not. */
const cases: readonly [about: string, paths: readonly string[], annotations: Readonly<Record<string, string>>][] = [
  ["nothing", ["/", "/a"], {}],
  [
    "external authentication",
    ["/", "/a"],
    {
      "auth-url": "http://10.0.0.1:8000/check?from=$host",
      "auth-method": "POST",
      "auth-signin": "https://login.test/?a=b",
      "auth-response-headers": "X-User, X-Group",
      "auth-always-set-cookie": "true",
      satisfy: "any",
    },
  ],
  ["a mirror", ["/", "/a"], { "mirror-target": "http://10.0.0.2$request_uri", "mirror-request-body": "off" }],
  ["a Connection of its own", ["/"], { "connection-proxy-header": "close" }],
  [
    "changed redirects and cookies",
    ["/"],
    {
      "proxy-redirect-from": "http://old.test/",
      "proxy-redirect-to": "/",
      "proxy-cookie-domain": "old.test new.test",
      "proxy-cookie-path": "/one /two",
    },
  ],
  ["a group that stays open", ["/a(b"], regexes],
  ["a group that was not open", ["/a)b"], regexes],
  ["a class that stays open", ["/a[b"], regexes],
  ["a class that begins with a bracket", ["/a[]b"], regexes],
  ["a range the wrong way round", ["/a[z-a]b"], regexes],
  ["a repetition of a repetition", ["/a**b"], regexes],
  ["a repetition of nothing", ["/(*b)"], regexes],
  ["counts the wrong way round", ["/a{3,2}b"], regexes],
  ["a count that is too big", ["/a{65536}b"], regexes],
  ["a count that is far too big", ["/a{2,655360}b"], regexes],
  ["a verb", ["/a(*NO)b"], regexes],
  ["a lazy and a possessive repetition", ["/a*?b++c{2,3}?"], regexes],
  ["a repeated repetition in braces", ["/a{2}{3}b"], regexes],
  ["a backslash at the end", ["/a\\"], regexes],
  ["a group of an unknown kind", ["/a(?y)b"], regexes],
  ["a rewrite that is no pattern", ["/a(b"], { "rewrite-target": "/x" }],
  ["text that would be no pattern", ["/a(b", "/c[", "/d\\"], {}],
  ["braces, semicolons, quotes, dollars, letters of others", ['/a;b{c}"d"$e', "/é", "/日本", "/#x", "/'"], {}],
  ["the same as patterns", ['/a;b{c}"d"$e', "/é", "/日本", "/#x", "/'"], regexes],
  ["a variable that nobody sets", ["/a"], { "rewrite-target": "/$nobody" }],
  ["a dollar alone", ["/a"], { "rewrite-target": "/$/b" }],
  ["a group of number ten", ["/a(b)"], { "rewrite-target": "/$10" }],
  ["a group of number zero", ["/a(b)"], { "rewrite-target": "/$0" }],
  ["a target of another host", ["/a(.*)"], { "rewrite-target": "https://else.test/$1" }],
  ["an app root with a variable", ["/a"], { "app-root": "/$nobody" }],
  ["an app root with a dollar", ["/a"], { "app-root": "/a$" }],
  ["a host for endpoints with a variable", ["/a"], { "upstream-vhost": "$nobody.test" }],
  ["a host for endpoints with an open bracket", ["/a"], { "upstream-vhost": "${host" }],
  ["a host for endpoints with a dollar", ["/a"], { "upstream-vhost": "a$(b)" }],
  ["a prefix with a variable", ["/a"], { "rewrite-target": "/b", "x-forwarded-prefix": "/$nobody" }],
  ["an alias that is no wildcard", ["/a"], { "server-alias": "a*b.test" }],
  ["an alias with two stars", ["/a"], { "server-alias": "*.*.test" }],
  ["an alias that is a dot", ["/a"], { "server-alias": "." }],
  ["an alias with two dots", ["/a"], { "server-alias": "a..b" }],
  ["aliases of all kinds", ["/a"], { "server-alias": "*.many.test,.dot.test,www.tail.*,~^a[0-9]+\\.test$,UPPER.test" }],
  ["an alias that is no pattern", ["/a"], { "server-alias": "~^(a" }],
  ["two buffers", ["/a"], { "proxy-buffers-number": "2" }],
  ["one buffer", ["/a"], { "proxy-buffers-number": "1" }],
  ["no buffer", ["/a"], { "proxy-buffers-number": "0" }],
  ["fewer buffers than none", ["/a"], { "proxy-buffers-number": "-1" }],
  ["a buffer of gigabytes", ["/a"], { "proxy-buffer-size": "1g" }],
  ["a buffer of bytes", ["/a"], { "proxy-buffer-size": "8b" }],
  ["a size with a space", ["/a"], { "proxy-buffer-size": "8 k" }],
  ["too many busy buffers", ["/a"], { "proxy-busy-buffers-size": "16k" }],
  ["too few busy buffers", ["/a"], { "proxy-busy-buffers-size": "2k" }],
  ["a file of gigabytes", ["/a"], { "proxy-max-temp-file-size": "1g" }],
  ["a file that is too small", ["/a"], { "proxy-max-temp-file-size": "1k" }],
  ["a body without end", ["/a"], { "proxy-body-size": "99999999999999999g" }],
  ["a body of gigabytes", ["/a"], { "proxy-body-size": "8g" }],
  ["a body of bytes", ["/a"], { "proxy-body-size": "8b" }],
  ["a time before now", ["/a"], { "proxy-connect-timeout": "-5" }],
  ["a time without end", ["/a"], { "proxy-read-timeout": "9223372036854775" }],
  ["tries before none", ["/a"], { "proxy-next-upstream-tries": "-1" }],
  ["a timeout of tries before now", ["/a"], { "proxy-next-upstream-timeout": "-1" }],
  ["conditions run together", ["/a"], { "proxy-next-upstream": "errortimeout" }],
  ["conditions twice", ["/a"], { "proxy-next-upstream": "error error off http_429" }],
  ["a cookie path alone", ["/a"], { "proxy-cookie-path": "/one" }],
  ["two cookie paths", ["/a"], { "proxy-cookie-path": "/one /two" }],
  ["three cookie paths", ["/a"], { "proxy-cookie-path": "/one /two /three" }],
  ["a cookie path that is no pattern", ["/a"], { "proxy-cookie-path": "~? /two" }],
  ["a cookie domain that is a pattern", ["/a"], { "proxy-cookie-domain": "~a b" }],
  ["a redirect that is changed", ["/a"], { "proxy-redirect-from": "/a", "proxy-redirect-to": "/b" }],
  ["a redirect of too many words", ["/a"], { "proxy-redirect-from": "/a /c", "proxy-redirect-to": "/b" }],
  ["a usual redirect", ["/a"], { "proxy-redirect-from": "default" }],
  ["a usual redirect of any scheme", ["/a"], { "proxy-redirect-from": "default", "backend-protocol": "AUTO_HTTP" }],
  ["a usual redirect of gRPC", ["/a"], { "proxy-redirect-from": "default", "backend-protocol": "GRPC" }],
  ["gRPC", ["/a"], { "backend-protocol": "GRPCS" }],
  ["FastCGI", ["/a"], { "backend-protocol": "FCGI" }],
  ["any scheme", ["/a"], { "backend-protocol": "auto_http" }],
  ["no burst", ["/a"], { "limit-rps": "1", "limit-burst-multiplier": "0" }],
  ["a burst below none", ["/a"], { "limit-rpm": "1", "limit-burst-multiplier": "-2" }],
  ["too many connections", ["/a"], { "limit-connections": "65536" }],
  ["limits of all kinds", ["/a"], { "limit-connections": "3", "limit-rps": "2", "limit-rpm": "4", "limit-rate": "5" }],
  ["codes of all kinds", ["/a"], { "custom-http-errors": "400,404,404,444,495,503,599" }],
  ["the code of clients that are gone", ["/a"], { "custom-http-errors": "499" }],
  ["www of a wildcard", ["/a"], {}],
  ["hashing by a variable that nobody sets", ["/a"], { "upstream-hash-by": "$nobody$" }],
  ["a path of 4,093 bytes", [`/${"a".repeat(4091)}`], {}],
  ["a path of 4,094 bytes", [`/${"a".repeat(4092)}`], {}],
  ["a path of many dollars", [`/${"$".repeat(300)}`], {}],
  ["a path of 4,100 bytes", [`/${"a".repeat(4099)}`], {}],
  ...longAnnotations.flatMap(([name, begin, more]) =>
    [4030, 4066, 4092, 4093, 4094, 4095, 4096, 5000].map((length): (typeof cases)[number] => [
      `${name} of ${length} bytes`,
      ["/a"],
      { ...more, [name]: begin.padEnd(length, "a") },
    ]),
  ),
  ...[
    "FOO",
    "ALL:FOO",
    "FOO:BAR",
    "!FOO",
    "@STRENGTH",
    "ecdhe-rsa-aes128-gcm-sha256",
    "TLS_AES_128_GCM_SHA256",
    "RC4",
  ].map((ciphers): (typeof cases)[number] => [`ciphers ${ciphers}`, ["/a"], { "ssl-ciphers": ciphers }]),
  ["an order of ciphers", ["/a"], { "ssl-ciphers": "HIGH:-SHA", "ssl-prefer-server-ciphers": "false" }],
  ["a realm with quotes left out", ["/a"], { "permanent-redirect": "https://p.test/?a=b&c=d,e:~f" }],
];

/** Values of the ConfigMap. */
const settings: readonly Readonly<Record<string, string>>[] = [
  { "custom-http-errors": "300,404,444,495,599" },
  { "custom-http-errors": "404,404" },
  { "custom-http-errors": "404,499" },
  { "limit-req-status-code": "429" },
  { "limit-req-status-code": "399" },
  { "limit-conn-status-code": "600" },
  { "limit-conn-status-code": "-1", "custom-http-errors": "499" },
  { "use-forwarded-headers": "true", "forwarded-for-header": "X-Client" },
  { "use-forwarded-headers": "true", "forwarded-for-header": "X Client" },
  { "use-forwarded-headers": "true", "forwarded-for-header": "" },
  { "enable-real-ip": "true", "compute-full-forwarded-for": "true" },
  { "use-proxy-protocol": "true", "use-forwarded-headers": "true", "compute-full-forwarded-for": "true" },
  { "hsts-max-age": "7", "hsts-preload": "true", "generate-request-id": "false" },
  { "ssl-reject-handshake": "true", "proxy-add-original-uri-header": "true" },
  { "proxy-body-size": "odd", "proxy-buffer-size": "16k", "proxy-redirect-from": "default" },
  { "proxy-buffer-size": "odd" },
  { "proxy-http-version": "2" },
  { "proxy-buffering": "ON" },
  { "proxy-buffering": "maybe" },
  { "proxy-request-buffering": "on off" },
];

/** Pieces of paths that are, or break, regular expressions, quotes and blocks. */
const piece = fc.constantFrom(
  ...[
    "a",
    "b",
    "/",
    ".",
    "-",
    "1",
    "(",
    ")",
    "(?:",
    "[",
    "]",
    "[^",
    "{",
    "}",
    "{2}",
    "{2,1}",
    "*",
    "+",
    "a?",
    "|",
    "^",
    "$",
  ],
  ...["\\", "\\d", ";", '"', "'", "#", " ", "é", "日", "$x", "%41", ",", "=", "!"],
);
const path = fc.array(piece, { maxLength: 7 }).map((pieces) => `/${pieces.join("")}`);
const annotation = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  { "use-regex": "true" },
  { "rewrite-target": "/x/$1" },
  { "rewrite-target": "/$host$1" },
  { "rewrite-target": "/$2x$" },
  { "upstream-vhost": "$host" },
  { "server-alias": "x.*,~^y[" },
  { "from-to-www-redirect": "true" },
  { "whitelist-source-range": "nonsense" },
  { "enable-cors": "true", "cors-allow-origin": "https://*.a.test" },
  { "custom-http-errors": "404,503" },
  { "limit-rps": "3" },
  { "app-root": "/$uri" },
);
const someIngresses = fc.array(
  fc.record({
    host: fc.constantFrom("a.test", "b.test", "*.test"),
    paths: fc.array(fc.tuple(path, fc.constantFrom("Exact", "Prefix"), fc.constantFrom("s0", "s1")), {
      minLength: 1,
      maxLength: 3,
    }),
    annotations: annotation,
    second: fc.nat({ max: 3 }),
  }),
  { minLength: 1, maxLength: 3 },
);

describe.skipIf(!existsSync(nginxProgram))("what a real nginx says of a configuration", () => {
  it.each(cases)("%s", (_, paths, annotations) => {
    const parts = { host: "h.test", paths: paths.map((path) => [path, "Prefix", "s0"] as const), annotations };
    const configuration = configurationOf([parts]);
    expect(configurationProblem(configuration)).toBe(realProblem(configuration));
  });

  it.each(settings)("with the settings %j", (data) => {
    const configMap: ConfigMap = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { namespace: "n", name: "settings" },
      data,
    };
    const parts = { host: "h.test", paths: [["/a", "Prefix", "s0"]] as const, annotations: { "limit-rps": "1" } };
    const configuration = configurationOf([parts], [configMap]);
    expect(configurationProblem(configuration)).toBe(realProblem(configuration));
  });

  it.each([
    { "auth-tls-secret": "n/own", "auth-tls-verify-depth": "2", "auth-tls-match-cn": "CN=fake" },
    { "auth-tls-secret": "n/own", "auth-tls-verify-client": "optional", "auth-tls-error-page": "https://e.test/x" },
    { "proxy-ssl-secret": "n/own", "backend-protocol": "HTTPS" },
    {
      "proxy-ssl-secret": "n/own",
      "proxy-ssl-verify": "on",
      "proxy-ssl-verify-depth": "3",
      "proxy-ssl-name": "e.test",
    },
    {
      "proxy-ssl-secret": "n/own",
      "proxy-ssl-protocols": "TLSv1.3 TLSv1.2",
      "proxy-ssl-server-name": "on",
      "proxy-ssl-ciphers": "HIGH:!aNULL",
    },
  ])("of certificates that clients and endpoints are told of by %j is nothing", (annotations) => {
    const data = { "tls.crt": base64(own.certificate), "tls.key": base64(own.key), "ca.crt": base64(own.certificate) };
    const metadata = { namespace: "n", name: "own", uid: "u" };
    const secret: Secret = { apiVersion: "v1", kind: "Secret", metadata, type: "Opaque", data };
    const configuration = configurationOf([{ host: "h.test", paths: [["/a", "Prefix", "s0"]], annotations }], [secret]);
    const { access } = configuration.servers.find(({ hostname }) => hostname === "h.test")!;
    expect(access.clientCertificates ?? access.endpointTls).toBeDefined();
    expect([configurationProblem(configuration), realProblem(configuration)]).toEqual([undefined, undefined]);
    const directive = "proxy-ssl-secret" in annotations ? "proxy_ssl_certificate " : "ssl_verify_client ";
    expect(nginxConf(configuration)).toContain(directive);
  });

  it(`of random ones is what ours says (seed ${seed})`, () => {
    for (const parts of fc.sample(someIngresses, { numRuns: 150, seed })) {
      const configuration = configurationOf(parts);
      expect([parts, configurationProblem(configuration)]).toEqual([parts, realProblem(configuration)]);
    }
  }, 60_000);

  it.skipIf(!existsSync(streamModule))("of TCP and UDP services is nothing", () => {
    const service = { name: "tcp-n-s-80", port: 9000, service: "n/s", backendPort: "80" };
    const endpoints = [{ address: "10.244.0.1", port: 80 }];
    const configuration: Configuration = {
      ...configurationOf([]),
      tcpServices: [{ ...service, protocol: "TCP", decodesProxyProtocol: true, encodesProxyProtocol: true, endpoints }],
      udpServices: [
        {
          ...service,
          name: "udp-n-s-80",
          protocol: "UDP",
          decodesProxyProtocol: false,
          encodesProxyProtocol: false,
          endpoints,
        },
      ],
    };
    expect(realProblem(configuration)).toBeUndefined();
  });
});
