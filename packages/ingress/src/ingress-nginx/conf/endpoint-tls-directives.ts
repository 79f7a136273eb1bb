import type { EndpointTls } from "../annotations/endpoint-tls.ts";
import { when } from "./conf-text.ts";

/**
 * How nginx speaks TLS to endpoints (`proxy-ssl-*`). A server leaves the names out where there are no authorities; a location has them
 * anyway.
 */
export function endpointTlsDirectives(
  tls: EndpointTls | undefined,
  { isServer }: { readonly isServer: boolean },
): (string | undefined)[] {
  if (tls === undefined) return [];
  const { secret, hasAuthorities, hasCertificate, ciphers, protocols, verify, verifyDepth, name, serverName } = tls;
  const [authorities, own] = [`ca-${secret.replace("/", "-")}.pem`, `${secret.replace("/", "-")}.pem`];
  const folder = "/etc/ingress-controller/ssl";
  const hasNames = hasAuthorities || !isServer;
  return [
    ...(hasAuthorities
      ? [
          `proxy_ssl_trusted_certificate           ${folder}/${authorities}`,
          `proxy_ssl_ciphers                       ${ciphers}`,
          `proxy_ssl_protocols                     ${protocols}`,
          `proxy_ssl_verify                        ${verify}`,
          `proxy_ssl_verify_depth                  ${verifyDepth}`,
        ]
      : []),
    when(hasNames && name !== "", `proxy_ssl_name                          ${name}`),
    when(hasNames && (name !== "" || !isServer), `proxy_ssl_server_name                   ${serverName}`),
    when(hasCertificate, `proxy_ssl_certificate                   ${folder}/${own}`),
    when(hasCertificate, `proxy_ssl_certificate_key               ${folder}/${own}`),
  ];
}
