import { compilePcre, type Pcre } from "../conf/pcre/pcre.ts";
import { wwwRedirectOf } from "../conf/www-redirects.ts";
import { changedNames, lastNamed } from "../model/changed-names.ts";
import { type Configuration, defaultServerName, type Server } from "../model/configuration.ts";
import { LocationTable } from "./location-table.ts";
import { NameClaims } from "./name-claims.ts";
import { type ServerName, serverNames } from "./server-names.ts";

/** A server of nginx.conf. */
export type NginxServer =
  | Site
  /** Sends everything to another name. */
  | RedirectServer;

interface RedirectServer {
  readonly kind: "redirect";
  readonly to: string;
}

/** A server with locations, which are put in order when the first request comes. */
export class Site {
  readonly kind = "site";
  readonly server: Server;
  readonly names: readonly ServerName[];
  #locations: LocationTable | undefined;

  constructor(server: Server) {
    this.server = server;
    this.names = serverNames(server);
  }

  get locations(): LocationTable {
    this.#locations ??= new LocationTable(this.server);
    return this.#locations;
  }
}

/** A name that is a regular expression. */
class PatternName {
  readonly host: string;
  readonly site: Site;
  readonly #text: string;
  #pattern: Pcre | undefined;

  constructor(site: Site, text: string) {
    this.host = site.server.hostname;
    this.site = site;
    this.#text = text;
  }

  test(host: string): boolean {
    this.#pattern ??= compilePcre(this.#text);
    return this.#pattern?.test(host) ?? false;
  }
}

/**
 * The servers by their names (src/http/ngx_http_request.c `ngx_http_find_virtual_server`): an exact name, the longest `*.name`, the longest
 * `name.*`, the first regular expression of the file, the one for all. Of two servers with the same name the first in the
 * file has it.
 */
export class ServerTable {
  #listed: readonly Server[] = [];
  readonly #sites = new Map<string, Site>();
  readonly #redirects = new NameClaims<RedirectServer>();
  /** By kind; those of `label` by what is behind the first label. */
  readonly #names = {
    exact: new NameClaims<Site>(),
    leading: new NameClaims<Site>(),
    trailing: new NameClaims<Site>(),
    label: new NameClaims<Site>(),
  };
  /** In the order of the file. */
  #patterns: readonly PatternName[] = [];

  /** Takes the servers of a configuration in the place of those before; what is the same stays. */
  load({ servers }: Configuration): void {
    for (const hostname of changedNames(this.#listed, servers, hostnameOf)) {
      const before = this.#sites.get(hostname);
      if (before !== undefined) this.#remove(before);
      const server = lastNamed(servers, hostname, hostnameOf);
      if (server !== undefined) this.#add(new Site(server));
    }
    this.#listed = servers;
  }

  find(host: string): NginxServer {
    // No other server can have the name of a host.
    const own = host.startsWith("*") ? undefined : this.#sites.get(host);
    if (own !== undefined) return own;
    return (
      this.#redirectOf(host) ??
      this.#names.exact.get(host) ??
      this.#byWildcard(host) ??
      this.#byPattern(host) ??
      this.#sites.get(defaultServerName)!
    );
  }

  #add(site: Site): void {
    const { hostname } = site.server;
    this.#sites.set(hostname, site);
    const redirect = wwwRedirectOf(site.server);
    if (redirect !== undefined) this.#redirects.add(redirect.from, hostname, { kind: "redirect", to: redirect.to });
    for (const { kind, text } of site.names) {
      if (kind !== "pattern") this.#names[kind].add(text, hostname, site);
    }
    const patterns = site.names.filter(({ kind }) => kind === "pattern");
    if (patterns.length === 0) return;
    const added = patterns.map(({ text }) => new PatternName(site, text));
    this.#patterns = [...this.#patterns, ...added].sort((a, b) => (a.host < b.host ? -1 : a.host > b.host ? 1 : 0));
  }

  #remove({ server, names }: Site): void {
    const { hostname } = server;
    this.#sites.delete(hostname);
    const redirect = wwwRedirectOf(server);
    if (redirect !== undefined) this.#redirects.remove(redirect.from, hostname);
    for (const { kind, text } of names) if (kind !== "pattern") this.#names[kind].remove(text, hostname);
    if (names.some(({ kind }) => kind === "pattern")) {
      this.#patterns = this.#patterns.filter(({ host }) => host !== hostname);
    }
  }

  /** A server that redirects stands before all others in the file; there is none where the name is a host. */
  #redirectOf(host: string): RedirectServer | undefined {
    if (this.#redirects.size === 0 || this.#sites.has(host)) return undefined;
    return this.#redirects.get(host);
  }

  #byWildcard(host: string): Site | undefined {
    const { leading, trailing } = this.#names;
    if (leading.size > 0) {
      for (let dot = host.indexOf("."); dot >= 0; dot = host.indexOf(".", dot + 1)) {
        const site = leading.get(host.slice(dot + 1));
        if (site !== undefined) return site;
      }
    }
    if (trailing.size > 0) {
      for (let dot = host.lastIndexOf("."); dot > 0; dot = host.lastIndexOf(".", dot - 1)) {
        const site = trailing.get(host.slice(0, dot));
        if (site !== undefined) return site;
      }
    }
    return undefined;
  }

  #byPattern(host: string): Site | undefined {
    const dot = host.indexOf(".");
    const isLabel = this.#names.label.size > 0 && dot > 0 && /^[\w-]+$/.test(host.slice(0, dot));
    const rest = isLabel ? host.slice(dot + 1) : "";
    const labelHost = isLabel ? this.#names.label.hostOf(rest) : undefined;
    for (const pattern of this.#patterns) {
      if (labelHost !== undefined && labelHost < pattern.host) break;
      if (pattern.test(host)) return pattern.site;
    }
    return labelHost === undefined ? undefined : this.#names.label.get(rest);
  }
}

function hostnameOf({ hostname }: Server): string {
  return hostname;
}
