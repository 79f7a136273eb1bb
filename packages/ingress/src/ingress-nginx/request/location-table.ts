import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import { enforcesRegex, locationMatch } from "../conf/directives.ts";
import { defaultServerName, type Location, type Server } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";
import { compilePcre } from "./pcre.ts";

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

type Prefix = { readonly path: string; readonly choice: LocationChoice; readonly redirects: boolean };

/**
 * The locations of a server (src/http/ngx_http_core_module.c `ngx_http_core_find_location`): an exact one ends the search; else the
 * longest prefix, unless a regular expression matches, the first of the file.
 */
export class LocationTable {
  readonly #exact = new Map<string, LocationChoice>();
  /** By length, the greatest first, then by path. */
  #prefixes: { readonly length: number; readonly byPath: Map<string, Prefix> }[] = [];
  readonly #patterns: { readonly pattern: RegExp; readonly choice: LocationChoice }[] = [];

  /** Where the path `/` of the server is sent to (`app-root`); undefined for nowhere. */
  readonly appRoot: string | undefined;

  constructor(server: Server) {
    const isRegex = enforcesRegex(server);
    for (const location of server.locations) this.#add(location, isRegex);
    if (server.hostname === defaultServerName) {
      this.#addPrefix(statusPrefix("/healthz", 200));
      this.#addPrefix(statusPrefix("/nginx_status", 403));
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
    } else if (location.pathType === "Exact") this.#exact.set(path, choice);
    else {
      const redirects = path.endsWith("/") && location.annotations.denied === undefined;
      this.#addPrefix({ path, choice, redirects });
    }
  }

  #addPrefix(prefix: Prefix): void {
    const { length } = prefix.path;
    let group = this.#prefixes.find((each) => each.length === length);
    if (group === undefined) {
      group = { length, byPath: new Map() };
      this.#prefixes.push(group);
    }
    if (!group.byPath.has(prefix.path)) group.byPath.set(prefix.path, prefix);
  }

  /** The longest one that the path begins with, or a longer one that only the slash at its end tells from the path. */
  #longestPrefix(uri: string): Prefix | undefined {
    for (const { length, byPath } of this.#prefixes) {
      if (length === uri.length + 1) {
        const withSlash = byPath.get(`${uri}/`);
        if (withSlash?.redirects) return withSlash;
      } else if (length <= uri.length) {
        const prefix = byPath.get(uri.slice(0, length));
        if (prefix !== undefined) return prefix;
      }
    }
    return undefined;
  }

  /** The location for a path; undefined when there is none, which a server of the controller always has. */
  find(uri: string): LocationChoice | undefined {
    const exact = this.#exact.get(uri);
    if (exact !== undefined) return exact;
    const prefix = this.#longestPrefix(uri);
    for (const { pattern, choice } of this.#patterns) if (pattern.test(uri)) return choice;
    if (prefix === undefined || uri.startsWith(prefix.path)) return prefix?.choice;
    return prefix.choice.kind === "location" ? { ...prefix.choice, kind: "slash" } : prefix.choice;
  }
}

function statusPrefix(path: string, status: number): Prefix {
  return { path, choice: { kind: "status", status, match: path }, redirects: false };
}

/** A text as its UTF-8 bytes, one character each: what nginx compares. */
export function byteText(text: string): string {
  return String.fromCharCode(...utf8Bytes(text));
}
