import { quoted } from "../../controller-log.ts";
import type { Location } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { when } from "./conf-text.ts";

/** The headers that an endpoint is sent. */
export function headerDirectives(
  { path, annotations }: Location,
  settings: NginxSettings,
  more: Readonly<Record<string, string>>,
): (string | undefined)[] {
  const { upstreamVhost, xForwardedPrefix, backendProtocol, connectionHeader } = annotations;
  const set = backendProtocol === "GRPC" || backendProtocol === "GRPCS" ? "grpc_set_header" : "proxy_set_header";
  const { useForwardedHeaders, computeFullForwardedFor, proxyAddOriginalUriHeader } = settings;
  const isFull = useForwardedHeaders && computeFullForwardedFor;
  return [
    `${set} Host                   ${upstreamVhost === "" ? "$best_http_host" : quoted(upstreamVhost)}`,
    `${set} Upgrade                $http_upgrade`,
    `${set} Connection             ${connectionHeader || "$connection_upgrade"}`,
    `${set} X-Request-ID           $req_id`,
    `${set} X-Real-IP              $remote_addr`,
    `${set} X-Forwarded-For        ${isFull ? "$full_x_forwarded_for" : "$remote_addr"}`,
    `${set} X-Forwarded-Host       $best_http_host`,
    `${set} X-Forwarded-Port       $pass_port`,
    `${set} X-Forwarded-Proto      $pass_access_scheme`,
    `${set} X-Forwarded-Scheme     $pass_access_scheme`,
    when(proxyAddOriginalUriHeader, `${set} X-Original-URI         $request_uri`),
    `${set} X-Scheme               $pass_access_scheme`,
    `${set} X-Original-Forwarded-For  ${headerVariable(settings.forwardedForHeader)}`,
    `${set} X-Original-Forwarded-Host ${headerVariable(settings.forwardedHostHeader)}`,
    `${set} Proxy                  ""`,
    ...Object.entries(more).map(([name, value]) => `${set} ${name} ${quoted(value)}`),
    when(
      xForwardedPrefix !== "" && needsRewrite({ path, annotations }),
      `${set} X-Forwarded-Prefix     ${quoted(xForwardedPrefix)}`,
    ),
  ];
}

/** `X-Forwarded-For` → `$http_x_forwarded_for` (`buildForwardedFor`). */
function headerVariable(header: string): string {
  return `$http_${header.replaceAll("-", "_").toLowerCase()}`;
}
