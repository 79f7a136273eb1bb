/**
 * Variables that nginx knows while it reads a file, without those whose names begin as one of `prefixes`: of
 * ngx_http_variables.c and of the modules of the controller's nginx, and those that the template sets.
 */
const known: ReadonlySet<string> = new Set(
  `args arg_ binary_remote_addr body_bytes_sent bytes_sent connection connection_requests connection_time connections_active
  connections_reading connections_waiting connections_writing content_length content_type document_root document_uri host
  hostname http2 https http_cookie http_host http_referer http_user_agent http_via http_x_forwarded_for is_args limit_rate
  limit_conn_status limit_req_status msec nginx_version pid pipe proxy_add_x_forwarded_for proxy_host proxy_port
  proxy_protocol_addr proxy_protocol_port proxy_protocol_server_addr proxy_protocol_server_port query_string realip_remote_addr
  realip_remote_port realpath_root remote_addr remote_port remote_user request request_body request_body_file
  request_completion request_filename request_id request_length request_method request_time request_uri scheme
  server_addr server_name server_port server_protocol ssl_cipher ssl_ciphers ssl_client_cert ssl_client_escaped_cert
  ssl_client_fingerprint ssl_client_i_dn ssl_client_i_dn_legacy ssl_client_raw_cert ssl_client_s_dn ssl_client_s_dn_legacy
  ssl_client_serial ssl_client_v_end ssl_client_v_remain ssl_client_v_start ssl_client_verify ssl_curve ssl_curves
  ssl_early_data ssl_protocol ssl_server_name ssl_session_id ssl_session_reused status tcpinfo_rtt tcpinfo_rttvar
  tcpinfo_snd_cwnd tcpinfo_rcv_space time_iso8601 time_local upstream_addr upstream_bytes_received upstream_bytes_sent
  upstream_cache_status upstream_connect_time upstream_first_byte_time upstream_header_time upstream_response_length
  upstream_response_time upstream_status uri fastcgi_script_name fastcgi_path_info gzip_ratio invalid_referer
  secure_link secure_link_expires slice_range uid_got uid_set uid_reset date_local date_gmt
  connection_upgrade req_id literal_dollar loggable namespace ingress_name service_name service_port location_path
  force_ssl_redirect ssl_redirect force_no_ssl_redirect preserve_trailing_slash use_port_in_redirects balancer_ewma_score
  proxy_upstream_name pass_access_scheme pass_server_port best_http_host pass_port
  proxy_alternative_upstream_name subdomain`.split(/\s+/),
);

const prefixes = /^(?:http_|sent_http_|sent_trailer_|upstream_http_|upstream_trailer_|upstream_cookie_|cookie_|arg_)/;

/** Whether nginx knows a variable, by its name without the `$`; capital letters count as small ones. */
export function isKnownVariable(name: string): boolean {
  const lower = name.toLowerCase();
  return known.has(lower) || prefixes.test(lower) || /^[1-9]$/.test(lower);
}

/** What one `$` of a text begins (src/http/ngx_http_script.c `ngx_http_script_compile`). */
export type VariableUse =
  | { readonly kind: "variable"; readonly name: string }
  | { readonly kind: "bad"; readonly why: string };

/** The variables of a text in the place of a value, `$1` to `$9` too, up to the first that nginx cannot read. */
export function variableUses(text: string): VariableUse[] {
  const uses: VariableUse[] = [];
  for (const [whole, capture, open, braced, close, plain] of text.matchAll(pattern)) {
    if (capture !== undefined) uses.push({ kind: "variable", name: capture });
    else if (open !== undefined && close === undefined) {
      return [...uses, { kind: "bad", why: `the closing bracket in "${braced}" variable is missing` }];
    } else {
      const name = braced ?? plain ?? "";
      if (name === "") return [...uses, { kind: "bad", why: "invalid variable name" }];
      uses.push({ kind: "variable", name });
    }
    if (whole === "") break;
  }
  return uses;
}

const pattern = /\$(?:([1-9])|(\{)([A-Za-z0-9_]*)(\})?|([A-Za-z0-9_]*))/g;

/** Whether nginx takes a text in the place of a value. */
export function hasOnlyKnownVariables(text: string): boolean {
  return variableUses(text).every((use) => use.kind === "variable" && isKnownVariable(use.name));
}
