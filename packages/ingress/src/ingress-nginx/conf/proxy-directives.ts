import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { ProxyOptions } from "../annotations/proxy.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { when } from "./conf-text.ts";

/** How nginx talks to an endpoint. */
export function proxyDirectives(proxy: ProxyOptions): (string | undefined)[] {
  return [
    `proxy_connect_timeout                   ${proxy.connectTimeout}s`,
    `proxy_send_timeout                      ${proxy.sendTimeout}s`,
    `proxy_read_timeout                      ${proxy.readTimeout}s`,
    `proxy_buffering                         ${proxy.buffering}`,
    `proxy_buffer_size                       ${proxy.bufferSize}`,
    `proxy_buffers                           ${proxy.buffersNumber} ${proxy.bufferSize}`,
    when(proxy.busyBuffersSize !== "", `proxy_busy_buffers_size                 ${proxy.busyBuffersSize}`),
    when(isOffset(proxy.maxTempFileSize), `proxy_max_temp_file_size                ${proxy.maxTempFileSize}`),
    `proxy_request_buffering                 ${proxy.requestBuffering}`,
    `proxy_http_version                      ${proxy.httpVersion}`,
    `proxy_cookie_domain                     ${proxy.cookieDomain}`,
    `proxy_cookie_path                       ${proxy.cookiePath}`,
    `proxy_next_upstream_timeout             ${proxy.nextUpstreamTimeout}`,
    `proxy_next_upstream_tries               ${proxy.nextUpstreamTries}`,
  ];
}

/** `buildNextUpstream`: `non_idempotent` last, also where the settings ask for it. */
export function nextUpstreamWords(
  { nextUpstream }: ProxyOptions,
  { retryNonIdempotent }: Pick<NginxSettings, "retryNonIdempotent">,
): string {
  const words = nextUpstream.split(" ").filter((word) => word !== "");
  const others = words.filter((word) => word !== "non_idempotent");
  const isRetried = retryNonIdempotent || others.length < words.length;
  return [...others, ...(isRetried ? ["non_idempotent"] : [])].join(" ");
}

/** How Location headers of endpoints are changed; undefined for what the template leaves out. */
export function proxyRedirect({ redirectFrom, redirectTo }: ProxyOptions): string | undefined {
  if (redirectFrom === "default" || redirectFrom === "off") return `proxy_redirect ${redirectFrom}`;
  return redirectTo === "off" ? undefined : `proxy_redirect ${redirectFrom} ${redirectTo}`;
}

/** Nothing where it is no size of nginx's: then the usual one is left. */
export function bodySizeDirective({ bodySize }: ProxyOptions): string | undefined {
  return when(isOffset(bodySize), `client_max_body_size                    ${bodySize}`);
}

/** `isValidByteSize` for sizes that may be gigabytes. */
function isOffset(text: string): boolean {
  return /^\d+[kKmMgG]?$/.test(text.trim());
}

/** What gRPC and FastCGI need beside the pass itself. */
export function protocolDirectives({ backendProtocol, proxy }: IngressAnnotations): string[] {
  if (backendProtocol === "FCGI") return ["include /etc/nginx/fastcgi_params"];
  if (backendProtocol !== "GRPC" && backendProtocol !== "GRPCS") return [];
  return [
    `grpc_connect_timeout                    ${proxy.connectTimeout}s`,
    `grpc_send_timeout                       ${proxy.sendTimeout}s`,
    `grpc_read_timeout                       ${proxy.readTimeout}s`,
  ];
}
