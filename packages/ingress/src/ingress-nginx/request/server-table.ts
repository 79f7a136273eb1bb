import { serverNameText } from "../conf/directives.ts";
import { compilePcre } from "../conf/pcre.ts";
import { wwwRedirects } from "../conf/www-redirects.ts";
import type { Configuration, Server } from "../model/configuration.ts";
import { LocationTable } from "./location-table.ts";

/** A server of nginx.conf. */
export type NginxServer =
  | { readonly kind: "site"; readonly server: Server; readonly locations: LocationTable }
  /** Sends everything to another name. */
  | { readonly kind: "redirect"; readonly to: string };

/**
 * The servers by their names (src/http/ngx_http_request.c `ngx_http_find_virtual_server`): an exact name, the longest `*.name`, the longest
 * `name.*`, the first regular expression of the file, the one for all. Of two servers with the same name the first in the
 * file has it.
 */
export class ServerTable {
  readonly #exact = new Map<string, NginxServer>();
  readonly #leading = new Map<string, NginxServer>();
  readonly #trailing = new Map<string, NginxServer>();
  readonly #patterns: { readonly pattern: RegExp; readonly server: NginxServer }[] = [];
  readonly #fallback: NginxServer;

  constructor({ servers }: Configuration) {
    for (const { from, to } of wwwRedirects(servers)) this.#name(from, { kind: "redirect", to });
    let fallback: NginxServer | undefined;
    for (const server of servers) {
      const site: NginxServer = { kind: "site", server, locations: new LocationTable(server) };
      if (server.hostname === "_") fallback = site;
      for (const name of [serverNameText(server.hostname), ...server.aliases]) this.#name(name, site);
    }
    this.#fallback = fallback!;
  }

  find(host: string): NginxServer {
    return (
      this.#exact.get(host) ??
      this.#byWildcard(host) ??
      this.#patterns.find(({ pattern }) => pattern.test(host))?.server ??
      this.#fallback
    );
  }

  #name(name: string, server: NginxServer): void {
    if (name.startsWith("~")) {
      const pattern = compilePcre(name.replace(/^~\*?/, ""));
      if (pattern !== undefined) this.#patterns.push({ pattern, server });
      return;
    }
    const lower = name.toLowerCase();
    if (lower.startsWith("*.")) setFirst(this.#leading, lower.slice(2), server);
    else if (lower.startsWith(".")) {
      setFirst(this.#exact, lower.slice(1), server);
      setFirst(this.#leading, lower.slice(1), server);
    } else if (lower.endsWith(".*")) setFirst(this.#trailing, lower.slice(0, -2), server);
    else setFirst(this.#exact, lower, server);
  }

  #byWildcard(host: string): NginxServer | undefined {
    if (this.#leading.size > 0) {
      for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
        const server = this.#leading.get(host.slice(dot + 1));
        if (server !== undefined) return server;
      }
    }
    if (this.#trailing.size > 0) {
      for (let dot = host.lastIndexOf("."); dot > 0; dot = host.lastIndexOf(".", dot - 1)) {
        const server = this.#trailing.get(host.slice(0, dot));
        if (server !== undefined) return server;
      }
    }
    return undefined;
  }
}

function setFirst(servers: Map<string, NginxServer>, name: string, server: NginxServer): void {
  if (!servers.has(name)) servers.set(name, server);
}
