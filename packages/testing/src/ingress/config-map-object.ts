import type { ConfigMap } from "@kubenetsim/core/model/config-map";
import * as fc from "fast-check";

const flag = ["true", "false", "1", "maybe", ""];
const ranges = ["10.0.0.0/8", "10.0.0.0/8, 192.0.2.7,", "nonsense", ""];
const sizes = ["1m", "0", "8k", "", "odd"];
const numbers = ["0", "7", "-1", "x", "", "0x10"];

/** Keys of the controller's ConfigMap, with what may stand there. */
const values: Readonly<Record<string, readonly string[]>> = {
  "ssl-redirect": flag,
  "force-ssl-redirect": flag,
  "preserve-trailing-slash": flag,
  "use-port-in-redirects": flag,
  "http-redirect-code": ["301", "308", "300", "x", ""],
  "no-tls-redirect-locations": ["/a", "/a,/b", ""],
  hsts: flag,
  "hsts-include-subdomains": flag,
  "hsts-max-age": ["60", ""],
  "hsts-preload": flag,
  "use-forwarded-headers": flag,
  "enable-real-ip": flag,
  "use-proxy-protocol": flag,
  "compute-full-forwarded-for": flag,
  "forwarded-for-header": ["X-Client", ""],
  "proxy-add-original-uri-header": flag,
  "generate-request-id": flag,
  "proxy-real-ip-cidr": ranges,
  "custom-http-errors": ["404,503", "200", "abc,404", "", " 404 , 500"],
  "load-balance": ["ewma", "round_robin", "other", ""],
  "whitelist-source-range": ranges,
  "denylist-source-range": ranges,
  "service-upstream": flag,
  "retry-non-idempotent": flag,
  "limit-req-status-code": numbers,
  "limit-conn-status-code": numbers,
  "limit-rate": numbers,
  "limit-rate-after": numbers,
  "ssl-reject-handshake": flag,
  "annotations-risk-level": ["Low", "Medium", "High", "Critical", "odd", ""],
  "annotation-value-word-blocklist": ["load_module,lua", "test", ",", " /a "],
  "allow-snippet-annotations": flag,
  "proxy-body-size": sizes,
  "proxy-connect-timeout": numbers,
  "proxy-read-timeout": numbers,
  "proxy-send-timeout": numbers,
  "proxy-buffers-number": numbers,
  "proxy-buffer-size": sizes,
  "proxy-busy-buffers-size": sizes,
  "proxy-cookie-domain": ["off", "a b", ""],
  "proxy-cookie-path": ["off", "/a /b"],
  "proxy-next-upstream": ["error", "off", "http_502 timeout"],
  "proxy-next-upstream-timeout": numbers,
  "proxy-next-upstream-tries": numbers,
  "proxy-request-buffering": ["on", "off"],
  "proxy-redirect-from": ["off", "default", "http://a.test/"],
  "proxy-redirect-to": ["off", "/x"],
  "proxy-buffering": ["on", "off"],
  "proxy-http-version": ["1.0", "1.1"],
  "proxy-max-temp-file-size": sizes,
  "unknown-key": ["x", "y"],
};

const entry = fc
  .constantFrom(...Object.keys(values))
  .chain((key) => fc.constantFrom(...values[key]!).map((value): [string, string] => [key, value]));

/** The controller's ConfigMap, now and then another one. */
export function configMapObject(key: string): fc.Arbitrary<ConfigMap> {
  const [namespace, own] = key.split("/") as [string, string];
  return fc
    .record({
      name: fc.constantFrom(own, own, own, own, "unrelated"),
      data: fc.array(entry, { maxLength: 5 }).map((entries) => Object.fromEntries(entries)),
    })
    .map(({ name, data }) => ({ apiVersion: "v1", kind: "ConfigMap", metadata: { namespace, name }, data }));
}
