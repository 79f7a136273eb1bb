import type { Configuration } from "../model/configuration.ts";
import { ConfText } from "./conf-text.ts";
import { writeHttpBlock } from "./http-block.ts";
import { runFolder } from "./run-folder.ts";
import { writeStreamBlock } from "./stream-block.ts";

/**
 * The nginx.conf of a configuration, in the shape, order and names of the controller's template
 * (rootfs/etc/nginx/template/nginx.tmpl), for an nginx without modules of others: what the template leaves to Lua or to headers-more
 * stands as directives of nginx itself that route the same, or is named in a comment. The same configuration gives
 * the same text.
 *
 * @example
 * nginxConf(controller.running!).includes("## start server shop.test"); // true
 */
export function nginxConf(configuration: Configuration): string {
  const text = new ConfText();
  text.line("# What the controller leaves to Lua is written with directives of nginx itself, or named in a comment.");
  text.line();
  text.line("# setup custom paths that do not require root access");
  text.directives(`pid ${runFolder}/nginx.pid`);
  if (configuration.tcpServices.length + configuration.udpServices.length > 0) {
    text.directives("load_module modules/ngx_stream_module.so");
  }
  text.line();
  text.directives("daemon off", "worker_processes 1", "worker_shutdown_timeout 240s");
  text.line();
  text.block("events", () => text.directives("multi_accept on", "worker_connections 16384", "use epoll"));
  text.line();
  text.block("http", () => writeHttpBlock(text, configuration));
  text.line();
  writeStreamBlock(text, configuration);
  return text.toString();
}
