import * as fc from "fast-check";

const prefix = "nginx.ingress.kubernetes.io";
const flag = ["true", "true", "false", "1", "T", "yes", "", " true"];
const number = ["0", "1", "5", "-3", "+2", "010", "abc", "", "99999999999999999999"];
const size = ["8k", "1m", "0", "1K", "8 k", "1kb", "", "-1"];
const onOff = ["on", "off", " on ", "true", ""];
const ranges = [
  "10.0.0.0/8",
  "10.1.2.3/8, 192.0.2.1",
  "192.0.2.1,192.0.2.1",
  "2001:DB8::/32",
  "10.0.0.256",
  "x",
  "",
  ",",
  "::ffff:10.0.0.1",
];
const url = [
  "https://x.test/y",
  "http://x.test",
  "/relative",
  "x test",
  "ftp://x.test",
  "",
  "https://x.test/$request_uri",
  "https://x.test/%41",
];
const path = ["/", "/$1", "/$2", "/x", "x", "/a", "/b c", "", "/é", "http://x.test/a", "//x", "/a?b=c"];
const word = ["X-Canary", "always", "two words", "a_b", "é", "", "a\nb", "semi;colon"];

/** Names without their prefix, with what may stand there, well and badly written. */
const groups: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  rewrite: {
    "rewrite-target": path,
    "ssl-redirect": flag,
    "preserve-trailing-slash": flag,
    "force-ssl-redirect": flag,
    "use-regex": flag,
    "app-root": path,
  },
  canary: {
    canary: ["true", "true", "true", "true", ...flag],
    "canary-weight": number,
    "canary-weight-total": number,
    "canary-by-header": word,
    "canary-by-header-value": word,
    "canary-by-header-pattern": ["^v[0-9]+$", "(a|b)", "[", "a b", ""],
    "canary-by-cookie": word,
  },
  affinity: {
    affinity: ["cookie", "cookie", "cookie", " cookie ", "Cookie", "ip", ""],
    "affinity-mode": ["balanced", "persistent", "Persistent", ""],
    "affinity-canary-behavior": ["sticky", "legacy", "other", ""],
    "session-cookie-name": ["SID", "a b", "", "a;b"],
    "session-cookie-secure": flag,
    "session-cookie-expires": ["0", "172800", "-1", "x", "01", ""],
    "session-cookie-max-age": ["0", "172800", "-1", "x", "7x", ""],
    "session-cookie-path": ["/", "/a", "a b", ""],
    "session-cookie-domain": ["a.test", "*.test", ""],
    "session-cookie-samesite": ["None", "lax", "Strict", "odd", " Lax", ""],
    "session-cookie-conditional-samesite-none": flag,
    "session-cookie-change-on-failure": flag,
  },
  balance: {
    "upstream-hash-by": ["$request_uri", "$arg_a-$host", "$" + "{x}", "a b", "x;", ""],
    "upstream-hash-by-subset": flag,
    "upstream-hash-by-subset-size": number,
    "load-balance": ["ewma", "round_robin", "chash", "other", ""],
    "service-upstream": flag,
  },
  redirect: {
    "from-to-www-redirect": flag,
    "temporal-redirect": url,
    "temporal-redirect-code": ["301", "307", "308", "200", "x", ""],
    "permanent-redirect": url,
    "permanent-redirect-code": ["301", "308", "309", "200", "x", ""],
    "relative-redirects": flag,
  },
  limit: {
    "limit-rate": number,
    "limit-rate-after": number,
    "limit-rpm": number,
    "limit-rps": number,
    "limit-connections": number,
    "limit-burst-multiplier": number,
    "limit-allowlist": ranges,
    "limit-whitelist": ranges,
  },
  source: {
    "allowlist-source-range": ranges,
    "whitelist-source-range": ranges,
    "denylist-source-range": ranges,
  },
  cors: {
    "enable-cors": flag,
    "cors-allow-origin": [
      "*",
      "https://a.test",
      "https://*.a.test, http://b.test:8080",
      "a.test",
      "null",
      "https://a.test,*",
      "x y",
      "",
      "https://a.test:x",
      ",",
    ],
    "cors-allow-headers": ["X-A, X-B", "X A", "x;y", ""],
    "cors-allow-methods": ["GET, PUT", "GET;", "", "G1"],
    "cors-allow-credentials": flag,
    "cors-expose-headers": ["X-A,*", "x y", "x;", ""],
    "cors-max-age": number,
  },
  proxy: {
    "proxy-connect-timeout": number,
    "proxy-send-timeout": number,
    "proxy-read-timeout": number,
    "proxy-buffers-number": number,
    "proxy-buffer-size": size,
    "proxy-busy-buffers-size": size,
    "proxy-cookie-path": ["/a /b", "off", "/a;", ""],
    "proxy-cookie-domain": ["a.test b.test", "off", "a.test", ""],
    "proxy-body-size": size,
    "proxy-next-upstream": ["error timeout", "http_502", "off", "http_200", "", "error\ttimeout"],
    "proxy-next-upstream-timeout": number,
    "proxy-next-upstream-tries": number,
    "proxy-request-buffering": onOff,
    "proxy-redirect-from": ["off", "default", "http://x/", "a b", ""],
    "proxy-redirect-to": ["off", "/x", "default", ""],
    "proxy-buffering": onOff,
    "proxy-http-version": ["1.0", "1.1", "2", " 1.1", ""],
    "proxy-max-temp-file-size": size,
  },
  auth: {
    "auth-type": ["basic", "digest", "basicx", "none", ""],
    "auth-secret": ["users", "n/users", "m/users", "missing", "a/b/c", "t0", ""],
    "auth-secret-type": ["auth-file", "auth-map", "other", ""],
    "auth-realm": ["Private zone", "a;b", "", "é"],
  },
  access: {
    "auth-url": ["http://auth.test/x", "auth.test", "http://a b", "", "https://auth.test/$request_uri"],
    "auth-signin": ["https://auth.test/in", "x", ""],
    "auth-method": ["POST", "get", "ODD", ""],
    "auth-response-headers": ["X-A, X-B", "X A", ""],
    "auth-cache-duration": ["200 202 5m", "x", ""],
    "auth-keepalive": number,
    "auth-keepalive-timeout": number,
    "auth-always-set-cookie": flag,
    "auth-proxy-set-headers": ["n/headers", "missing", ""],
    "auth-tls-secret": ["n/t0", "t1", "n/missing", ""],
    "auth-tls-verify-client": ["on", "optional", "odd", ""],
    "auth-tls-verify-depth": number,
    "proxy-ssl-secret": ["n/t0", "t1", "n/missing", ""],
    "proxy-ssl-verify": ["on", "off", "odd"],
    satisfy: ["any", "all", "odd", ""],
    "enable-global-auth": flag,
  },
  others: {
    "mirror-target": ["https://m.test$request_uri", "http://a b", ""],
    "mirror-host": ["m.test", "a b", ""],
    "mirror-request-body": ["on", "off", "odd"],
    "connection-proxy-header": ["keep-alive", "close", "odd", ""],
    "custom-headers": ["n/headers", "missing", ""],
    "client-body-buffer-size": size,
    "enable-access-log": flag,
    "http2-push-preload": flag,
    "ssl-ciphers": ["ALL:!aNULL", "a b", "x;", ""],
    "ssl-prefer-server-ciphers": flag,
    "enable-opentelemetry": flag,
    "opentelemetry-operation-name": ["x", "a;b", ""],
    "enable-modsecurity": flag,
    "fastcgi-index": ["index.php", "a;b", ""],
    "ssl-passthrough": flag,
  },
  single: {
    "server-alias": [
      "alias.test",
      "alias.test,b.test",
      "a.test",
      "*.many.test, alias.test",
      "~^x\\.test$",
      "bad;alias",
      "",
      "www.a.test,,x.test",
      "B.test",
    ],
    "custom-http-errors": ["404,503", "404", "500,", "200", "abc", "", "404, 503", ",404"],
    "disable-proxy-intercept-errors": flag,
    "default-backend": ["s0", "s1", "s2", "missing", "Bad", "n/s0", ""],
    "use-port-in-redirects": flag,
    "upstream-vhost": ["v.test", "a b", "$host", "", "v;"],
    "x-forwarded-prefix": ["/p", "/p q", "p;", "", "$1"],
    "backend-protocol": ["HTTPS", "grpc", "GRPCS", "AUTO_HTTP", "FCGI", "AJP", " HTTP", ""],
    "configuration-snippet": ["more_set_headers x;", ""],
    "server-snippet": ["x", ""],
    "made-up": ["x"],
  },
};

type Entry = readonly [name: string, value: string];

const groupEntries = Object.values(groups).map((group): fc.Arbitrary<Entry> => {
  return fc
    .constantFrom(...Object.keys(group))
    .chain((name) => fc.constantFrom(...group[name]!).map((value): Entry => [name, value]));
});

/** A value that is likely to be taken, so that whole groups come together. */
const plain: fc.Arbitrary<Readonly<Record<string, string>>> = fc.constantFrom<Readonly<Record<string, string>>>(
  {},
  {},
  { canary: "true", "canary-weight": "30" },
  { canary: "true", "canary-by-header": "X-Canary" },
  { affinity: "cookie" },
  { affinity: "cookie", "affinity-mode": "persistent", "session-cookie-path": "/a" },
  { "rewrite-target": "/$2" },
  { "use-regex": "true" },
  { "server-alias": "alias.test,x.test" },
  { "from-to-www-redirect": "true" },
  { "default-backend": "s1" },
  { "default-backend": "s2", "custom-http-errors": "404,503" },
  { "service-upstream": "true" },
);

/** Annotations of one Ingress: nothing, what goes together, or any few of one or of several groups. */
export const ingressAnnotations: fc.Arbitrary<Readonly<Record<string, string>>> = fc
  .tuple(
    plain,
    fc.oneof(
      { weight: 3, arbitrary: fc.constant<readonly Entry[]>([]) },
      { weight: 3, arbitrary: fc.array(fc.oneof(...groupEntries), { minLength: 1, maxLength: 3 }) },
      {
        weight: 2,
        arbitrary: fc.oneof(...groupEntries.map((group) => fc.array(group, { minLength: 1, maxLength: 6 }))),
      },
    ),
  )
  .map(([together, entries]) =>
    Object.fromEntries([...Object.entries(together), ...entries].map(([name, value]) => [`${prefix}/${name}`, value])),
  );
