import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import { enforcesRegex, locationMatch } from "../conf/directives.ts";
import { compilePcre } from "../conf/pcre.ts";
import { defaultServerName, type Location, type Server } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";

/** A location of nginx.conf, ready to be asked. */
export interface NginxLocation {
  readonly location: Location;
  /** What stands behind the word `location`. */
  readonly match: string;
  /** What the path is searched for, and what the whole path becomes then. */
  readonly rewrite: { readonly pattern: RegExp; readonly target: string } | undefined;
}

export type LocationChoice =
  | { readonly kind: "location"; readonly chosen: NginxLocation }
  /** The path lacks the slash at the end of a location that passes requests on. */
  | { readonly kind: "slash"; readonly chosen: NginxLocation }
  /** A location that answers by itself. */
  | { readonly kind: "status"; readonly status: number; readonly match: string };

/**
 * The locations of a server (src/http/ngx_http_core_module.c `ngx_http_core_find_location`): an exact one ends the search; else the
 * longest prefix, unless a regular expression matches, the first of the file.
 */
export class LocationTable {
  readonly #exact = new Map<string, LocationChoice>();
  /** Paths that lack only the slash at the end of a location that passes requests on, exact or not. */
  readonly #slashes = new Map<string, LocationChoice>();
  /** By length, the greatest first, then by path. */
  #prefixes: { readonly length: number; readonly byPath: Map<string, LocationChoice> }[] = [];
  readonly #patterns: { readonly pattern: RegExp; readonly choice: LocationChoice }[] = [];

  /** Where the path `/` of the server is sent to (`app-root`); undefined for nowhere. */
  readonly appRoot: string | undefined;

  constructor(server: Server) {
    const isRegex = enforcesRegex(server);
    for (const location of server.locations) this.#add(location, isRegex);
    if (server.hostname === defaultServerName) {
      for (const [path, status] of [
        ["/healthz", 200],
        ["/nginx_status", 403],
      ] as const) {
        this.#addPrefix(path, { kind: "status", status, match: path });
      }
    }
    this.#prefixes.sort((a, b) => b.length - a.length);
    const sent = server.locations.find(({ annotations }) => annotations.rewrite.appRoot !== "");
    this.appRoot = sent?.annotations.rewrite.appRoot;
  }

  #add(location: Location, isRegex: boolean): void {
    const path = byteText(location.path);
    const rewritten = needsRewrite(location) ? compilePcre(path) : undefined;
    const target = byteText(location.annotations.rewrite.target);
    const chosen: NginxLocation = {
      location,
      match: locationMatch(location, isRegex),
      rewrite: rewritten && { pattern: rewritten, target },
    };
    const choice: LocationChoice = { kind: "location", chosen };
    if (isRegex) {
      const pattern = compilePcre(`^${path}`);
      if (pattern !== undefined) this.#patterns.push({ pattern, choice });
      return;
    }
    if (location.pathType === "Exact") this.#exact.set(path, choice);
    else this.#addPrefix(path, choice);
    const redirects = path.endsWith("/") && location.annotations.denied === undefined;
    if (redirects) this.#slashes.set(path.slice(0, -1), { kind: "slash", chosen });
  }

  #addPrefix(path: string, choice: LocationChoice): void {
    const { length } = path;
    let group = this.#prefixes.find((each) => each.length === length);
    if (group === undefined) {
      group = { length, byPath: new Map() };
      this.#prefixes.push(group);
    }
    if (!group.byPath.has(path)) group.byPath.set(path, choice);
  }

  /** The location for a path; undefined when there is none, which a server of the controller always has. */
  find(uri: string): LocationChoice | undefined {
    const found = this.#exact.get(uri) ?? this.#slashes.get(uri);
    if (found !== undefined) return found;
    for (const { pattern, choice } of this.#patterns) if (pattern.test(uri)) return choice;
    for (const { length, byPath } of this.#prefixes) {
      const choice = length > uri.length ? undefined : byPath.get(uri.slice(0, length));
      if (choice !== undefined) return choice;
    }
    return undefined;
  }
}

/** A text as its UTF-8 bytes, one character each: what nginx compares. */
export function byteText(text: string): string {
  return String.fromCharCode(...utf8Bytes(text));
}
