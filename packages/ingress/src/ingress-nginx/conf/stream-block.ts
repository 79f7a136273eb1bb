import type { Configuration, StreamService } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import { type ConfText, when } from "./conf-text.ts";

/** The ports that lead to Services byte by byte. nginx needs its stream module for them, which it loads only then. */
export function writeStreamBlock(text: ConfText, { tcpServices, udpServices, ports }: Configuration): void {
  if (tcpServices.length + udpServices.length === 0) {
    text.line("# stream: no TCP services, no UDP services");
    return;
  }
  text.block("stream", () => {
    text.directives(
      "log_format log_stream '[$remote_addr] [$time_local] $protocol $status $bytes_sent $bytes_received $session_time'",
      "access_log /var/log/nginx/access.log log_stream",
      "error_log  /var/log/nginx/error.log notice",
    );
    text.line();
    text.line(`# Lua: listen 127.0.0.1:${ports.stream}, where the controller tells of endpoints`);
    const byName = new Map([...tcpServices, ...udpServices].map((service) => [service.name, service]));
    for (const service of byName.values()) writeUpstream(text, service);
    text.line();
    text.line("# TCP services");
    for (const service of tcpServices) writeService(text, service);
    text.line();
    text.line("# UDP services");
    for (const service of udpServices) writeService(text, service);
  });
}

function writeUpstream(text: ConfText, { name, endpoints }: StreamService): void {
  text.block(`upstream ${name}`, () => {
    text.directives(...endpoints.map((endpoint) => `server ${formatEndpoint(endpoint)} max_fails=0`));
  });
}

function writeService(text: ConfText, service: StreamService): void {
  const { name, port, protocol, decodesProxyProtocol, encodesProxyProtocol } = service;
  const option = protocol === "UDP" ? " udp" : decodesProxyProtocol ? " proxy_protocol" : "";
  text.block("server", () => {
    text.directives(
      `listen                  ${port}${option}`,
      when(protocol === "UDP", "proxy_responses         1"),
      "proxy_timeout           600s",
      "proxy_next_upstream     on",
      "proxy_next_upstream_timeout 600s",
      "proxy_next_upstream_tries   3",
      `proxy_pass              ${name}`,
      when(encodesProxyProtocol, "proxy_protocol          on"),
    );
  });
}
