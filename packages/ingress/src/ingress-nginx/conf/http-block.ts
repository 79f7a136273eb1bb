import { type Configuration, defaultServerName } from "../model/configuration.ts";
import { noHeaders } from "../model/file-headers.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { writeAddedHeaders } from "./access-block.ts";
import { writeBlockLists } from "./block-lists.ts";
import { type ConfText, onOff, when } from "./conf-text.ts";
import { nameHashSizes } from "./hash-sizes.ts";
import { writeLimitZones } from "./limit-zones.ts";
import { writeDefaultServer, writeStatusServer } from "./own-servers.ts";
import { writeCertificateMaps, writeRequestMaps } from "./request-maps.ts";
import { runFolder } from "./run-folder.ts";
import { certificateFile, writeRedirectServer, writeServer } from "./server-block.ts";
import { emptyBackends, writeUpstreams } from "./upstream-blocks.ts";
import { wwwRedirects } from "./www-redirects.ts";

/** The settings of all servers, the upstreams, and the servers. */
export function writeHttpBlock(text: ConfText, configuration: Configuration): void {
  const { servers, settings, ports } = configuration;
  writeRealIp(text, settings);
  writeTransfer(text, configuration);
  writeLog(text);
  writeRequestMaps(text, configuration);
  writeCertificateMaps(text, configuration);
  writeTls(text, configuration);
  writeErrorPages(text, settings);
  writeUpstreams(text, configuration);
  writeLimitZones(text, configuration);
  writeBlockLists(text, settings);
  for (const redirect of wwwRedirects(servers)) writeRedirectServer(text, redirect, configuration);
  const headers = configuration.headers ?? noHeaders;
  const context = { settings, ports, headers, isEmpty: emptyBackends(configuration) };
  for (const server of servers) writeServer(text, server, context);
  writeDefaultServer(text, ports);
  writeStatusServer(text, ports);
}

function writeRealIp(text: ConfText, settings: NginxSettings): void {
  const { useForwardedHeaders, useProxyProtocol, enableRealIp, forwardedForHeader, proxyRealIpCidr } = settings;
  if (!(useForwardedHeaders || useProxyProtocol || enableRealIp)) return;
  const header = useProxyProtocol ? "proxy_protocol" : forwardedForHeader;
  if (useForwardedHeaders && useProxyProtocol) {
    text.line("# X-Forwarded-For of trusted PROXY addresses alone: a header that headers-more makes");
    text.line(`# more_set_input_headers "${settings.forwardedForProxyProtocolHeader}: $forwarded_for_proxy_protocol"`);
  }
  text.directives(`real_ip_header      ${header}`, "real_ip_recursive   on");
  for (const range of proxyRealIpCidr) text.directives(`set_real_ip_from    ${range}`);
  text.line();
}

function writeTransfer(text: ConfText, { servers, settings, headers }: Configuration): void {
  const names = nameHashSizes(servers);
  text.directives(
    "aio                 threads",
    "aio_write           on",
    "tcp_nopush          on",
    "tcp_nodelay         on",
    "log_subrequest      on",
    "reset_timedout_connection on",
    "keepalive_timeout  75s",
    "keepalive_requests 1000",
    `client_body_temp_path           ${runFolder}/client-body`,
    `fastcgi_temp_path               ${runFolder}/fastcgi-temp`,
    `proxy_temp_path                 ${runFolder}/proxy-temp`,
    `client_header_buffer_size       ${settings.clientHeaderBufferSize}`,
    "client_header_timeout           60s",
    `large_client_header_buffers     ${settings.largeClientHeaderBuffers}`,
    "client_body_buffer_size         8k",
    "client_body_timeout             60s",
    "http2_max_concurrent_streams    128",
    "types_hash_max_size             2048",
    `server_names_hash_max_size      ${names.maxSize}`,
    `server_names_hash_bucket_size   ${names.bucketSize}`,
    `map_hash_max_size               ${names.maxSize}`,
    `map_hash_bucket_size            ${names.bucketSize}`,
    "proxy_headers_hash_max_size     512",
    "proxy_headers_hash_bucket_size  64",
    "variables_hash_bucket_size      256",
    "variables_hash_max_size         2048",
    `underscores_in_headers          ${onOff(settings.enableUnderscoresInHeaders)}`,
    `ignore_invalid_headers          ${onOff(settings.ignoreInvalidHeaders)}`,
    `limit_req_status                ${settings.limitReqStatusCode}`,
    `limit_conn_status               ${settings.limitConnStatusCode}`,
  );
  text.line();
  text.directives("include /etc/nginx/mime.types", "default_type text/html", "server_tokens off");
  writeAddedHeaders(text, headers?.added ?? {});
  text.line("# headers-more: more_clear_headers Server");
  text.directives("uninitialized_variable_warn off");
  text.line();
}

const upstreamLog = [
  '$remote_addr - $remote_user [$time_local] "$request"',
  '$status $body_bytes_sent "$http_referer" "$http_user_agent"',
  "$request_length $request_time [$proxy_upstream_name] [$proxy_alternative_upstream_name] $upstream_addr",
  "$upstream_response_length $upstream_response_time $upstream_status $req_id",
].join(" ");

function writeLog(text: ConfText): void {
  text.line("# Additional available variables: $namespace, $ingress_name, $service_name, $service_port");
  text.directives(`log_format upstreaminfo '${upstreamLog}'`);
  text.directives("access_log /var/log/nginx/access.log upstreaminfo", "error_log  /var/log/nginx/error.log notice");
  text.line();
}

const ciphers = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES256-GCM-SHA384",
  "ECDHE-RSA-AES256-GCM-SHA384",
  "ECDHE-ECDSA-CHACHA20-POLY1305",
  "ECDHE-RSA-CHACHA20-POLY1305",
  "DHE-RSA-AES256-GCM-SHA384",
  "DHE-RSA-AES128-GCM-SHA256",
].join(":");

function writeTls(text: ConfText, { servers }: Configuration): void {
  const file = certificateFile(
    servers.find(({ hostname }) => hostname === defaultServerName)?.certificate?.secret ?? "",
  );
  text.directives(
    "server_name_in_redirect off",
    "port_in_redirect        off",
    "ssl_protocols TLSv1.2 TLSv1.3",
    "ssl_early_data off",
    "ssl_session_cache shared:SSL:10m",
    "ssl_session_timeout 10m",
    "ssl_session_tickets off",
    "ssl_buffer_size 4k",
    `ssl_ciphers '${ciphers}'`,
    "ssl_prefer_server_ciphers on",
    "ssl_ecdh_curve auto",
    `ssl_certificate     ${file}`,
    `ssl_certificate_key ${file}`,
  );
  text.line();
}

function writeErrorPages(text: ConfText, settings: NginxSettings): void {
  const { customHttpErrors, disableProxyInterceptErrors, relativeRedirects, hideHeaders } = settings;
  text.directives(
    when(customHttpErrors.length > 0 && !disableProxyInterceptErrors, "proxy_intercept_errors on"),
    when(relativeRedirects, "absolute_redirect off"),
  );
  for (const code of customHttpErrors) {
    text.directives(`error_page ${code} = @custom_upstream-default-backend_${code}`);
  }
  text.directives("proxy_ssl_session_reuse on", ...hideHeaders.map((name) => `proxy_hide_header ${name}`));
  text.line();
}
