import { parseAddressWords } from "@kubenetsim/core/net/address";
import { parseCidr } from "@kubenetsim/core/net/cidr";
import type { NginxSettings } from "../nginx-settings.ts";
import { headerBuffers } from "../request/header-buffers.ts";
import { mapProblem } from "./map-pattern.ts";

/** What nginx cannot read of the http block's own directives, in the order of the file, as far as the zones of limits. */
export function settingsProblem(settings: NginxSettings): string | undefined {
  const { limitReqStatusCode, limitConnStatusCode, customHttpErrors } = settings;
  return (
    realIpProblem(settings) ??
    headerBuffersProblem(settings) ??
    statusProblem("limit_req_status", limitReqStatusCode) ??
    statusProblem("limit_conn_status", limitConnStatusCode) ??
    // The program itself passes over what is not from 300 to 599.
    (customHttpErrors.includes(499) ? 'invalid value "499"' : undefined)
  );
}

function realIpProblem(settings: NginxSettings): string | undefined {
  const { useForwardedHeaders, useProxyProtocol, enableRealIp, forwardedForHeader } = settings;
  if (useProxyProtocol || !(useForwardedHeaders || enableRealIp)) return undefined;
  const words = forwardedForHeader.split(/\s+/).filter((word) => word !== "");
  return words.length === 1 ? undefined : 'invalid number of arguments in "real_ip_header" directive';
}

/** `ngx_conf_set_size_slot`, `ngx_conf_set_bufs_slot`. */
function headerBuffersProblem(settings: NginxSettings): string | undefined {
  if (headerBuffers(settings) !== undefined) return undefined;
  const { clientHeaderBufferSize: first, largeClientHeaderBuffers: large } = settings;
  const isFirst = headerBuffers({ ...settings, largeClientHeaderBuffers: "4 8k" }) === undefined;
  const [directive, text, count] = isFirst
    ? (["client_header_buffer_size", first, 1] as const)
    : (["large_client_header_buffers", large, 2] as const);
  const words = text.split(/\s+/).filter((word) => word !== "");
  if (words.length !== count) return `invalid number of arguments in "${directive}" directive`;
  return `"${directive}" directive invalid value`;
}

/** `ngx_conf_check_num_bounds` (src/core/ngx_conf_file.c); `ngx_atoi` takes digits alone. */
function statusProblem(directive: string, code: number): string | undefined {
  if (code < 0) return `"${directive}" directive invalid number`;
  return code < 400 || code > 599 ? "value must be between 400 and 599" : undefined;
}

/** The first of `allow` or `deny` that is neither an address nor a range (src/http/modules/ngx_http_access_module.c `ngx_http_access_rule`). */
export function rangeProblem(ranges: readonly string[]): string | undefined {
  const wrong = ranges.find((each) => each !== "all" && parseAddressWords(each) === undefined && !parseCidr(each));
  return wrong === undefined ? undefined : `invalid parameter "${wrong}"`;
}

/** The same of what stands between those zones and the servers. */
export function blockListProblem({ blockCidrs, blockUserAgents, blockReferers }: NginxSettings): string | undefined {
  return rangeProblem(blockCidrs) ?? mapProblem(blockUserAgents) ?? mapProblem(blockReferers);
}
