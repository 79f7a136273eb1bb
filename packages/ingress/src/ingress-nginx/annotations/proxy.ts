import type { NginxSettings } from "../nginx-settings.ts";
import { valueOr } from "./annotation-problem.ts";
import type { AnnotationFields, AnnotationReader } from "./annotation-reader.ts";
import { integer, matching, oneOf, sizeText, urlText } from "./value-checks.ts";

/** How a location talks to its upstream. Times are whole seconds, sizes texts of nginx. */
export interface ProxyOptions {
  readonly bodySize: string;
  readonly connectTimeout: number;
  readonly sendTimeout: number;
  readonly readTimeout: number;
  readonly buffersNumber: number;
  readonly bufferSize: string;
  readonly busyBuffersSize: string;
  readonly cookieDomain: string;
  readonly cookiePath: string;
  /** When another endpoint is tried: words of `proxy_next_upstream`. */
  readonly nextUpstream: string;
  readonly nextUpstreamTimeout: number;
  /** 0 for no limit. */
  readonly nextUpstreamTries: number;
  readonly requestBuffering: string;
  readonly redirectFrom: string;
  readonly redirectTo: string;
  readonly buffering: string;
  readonly httpVersion: string;
  readonly maxTempFileSize: string;
}

const size = matching(sizeText, { withoutSpaces: true });
const url = matching(urlText, { withoutSpaces: true });
const onOff = oneOf(["on", "off"]);
const cookieDomain = /^(off|[-._~a-zA-Z0-9/:]+\s+[-._~a-zA-Z0-9/:]+)$/;
const nextUpstream =
  /^(?:error|timeout|invalid_header|http_500|http_502|http_503|http_504|http_403|http_404|http_429|non_idempotent|off|\s)+$/;

export const proxyFields: AnnotationFields = {
  "proxy-connect-timeout": { check: integer, risk: "Low" },
  "proxy-send-timeout": { check: integer, risk: "Low" },
  "proxy-read-timeout": { check: integer, risk: "Low" },
  "proxy-buffers-number": { check: integer, risk: "Low" },
  "proxy-buffer-size": { check: size, risk: "Low" },
  "proxy-busy-buffers-size": { check: size, risk: "Low" },
  "proxy-cookie-path": { check: url, risk: "Medium" },
  "proxy-cookie-domain": { check: matching(cookieDomain), risk: "Medium" },
  "proxy-body-size": { check: size, risk: "Medium" },
  "proxy-next-upstream": { check: matching(nextUpstream), risk: "Medium" },
  "proxy-next-upstream-timeout": { check: integer, risk: "Low" },
  "proxy-next-upstream-tries": { check: integer, risk: "Low" },
  "proxy-request-buffering": { check: onOff, risk: "Low" },
  "proxy-redirect-from": { check: url, risk: "Medium" },
  "proxy-redirect-to": { check: url, risk: "Medium" },
  "proxy-buffering": { check: onOff, risk: "Low" },
  "proxy-http-version": { check: oneOf(["1.0", "1.1"]), risk: "Low" },
  "proxy-max-temp-file-size": { check: size, risk: "Low" },
};

/** internal/ingress/annotations/proxy: a value that is refused is as none. */
export function parseProxy(reader: AnnotationReader, settings: NginxSettings): ProxyOptions {
  const { proxy } = settings;
  const text = (name: string, usual: string): string => valueOr(reader.text(name), usual);
  const number = (name: string, usual: number): number => valueOr(reader.integer(name), usual);
  return {
    connectTimeout: number("proxy-connect-timeout", proxy.connectTimeout),
    sendTimeout: number("proxy-send-timeout", proxy.sendTimeout),
    readTimeout: number("proxy-read-timeout", proxy.readTimeout),
    buffersNumber: number("proxy-buffers-number", proxy.buffersNumber),
    bufferSize: text("proxy-buffer-size", proxy.bufferSize),
    busyBuffersSize: text("proxy-busy-buffers-size", proxy.busyBuffersSize),
    cookiePath: text("proxy-cookie-path", proxy.cookiePath),
    cookieDomain: text("proxy-cookie-domain", proxy.cookieDomain),
    bodySize: text("proxy-body-size", proxy.bodySize),
    nextUpstream: text("proxy-next-upstream", proxy.nextUpstream),
    nextUpstreamTimeout: number("proxy-next-upstream-timeout", proxy.nextUpstreamTimeout),
    nextUpstreamTries: number("proxy-next-upstream-tries", proxy.nextUpstreamTries),
    requestBuffering: text("proxy-request-buffering", proxy.requestBuffering),
    redirectFrom: text("proxy-redirect-from", proxy.redirectFrom),
    redirectTo: text("proxy-redirect-to", proxy.redirectTo),
    buffering: text("proxy-buffering", proxy.buffering),
    httpVersion: text("proxy-http-version", proxy.httpVersion),
    maxTempFileSize: text("proxy-max-temp-file-size", proxy.maxTempFileSize),
  };
}
