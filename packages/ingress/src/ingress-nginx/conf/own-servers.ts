import type { ListenPorts } from "../listen-ports.ts";
import type { ConfText } from "./conf-text.ts";

/** How many connections wait to be taken: the kernel's usual net.core.somaxconn. */
export const backlog = 4096;

/** Answers 404 where there is no default backend service. */
export function writeDefaultServer(text: ConfText, ports: ListenPorts): void {
  text.line("# backend for when default-backend-service is not configured or it does not have endpoints");
  text.block("server", () => {
    text.directives(`listen ${ports.default} default_server reuseport backlog=${backlog}`);
    text.directives('set $proxy_upstream_name "internal"', "access_log off");
    text.line();
    text.block("location /", () => text.directives("return 404"));
  });
  text.line();
}

/** What the controller asks nginx itself by. */
export function writeStatusServer(text: ConfText, ports: ListenPorts): void {
  text.line("# default server, used for NGINX healthcheck and access to nginx stats");
  text.block("server", () => {
    text.directives(`listen 127.0.0.1:${ports.status}`, 'set $proxy_upstream_name "internal"');
    text.directives("keepalive_timeout 0", "gzip off", "access_log off");
    text.line();
    text.block("location /healthz", () => text.directives("return 200"));
    text.line();
    text.line("# Lua: location /is-dynamic-lb-initialized and location /configuration, where the controller posts to");
    text.block("location /nginx_status", () => text.directives("stub_status on"));
    text.line();
    text.block("location /", () => text.directives("return 404"));
  });
}
