import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import { byteText as textOfBytes } from "../../certificate/distinguished-name.ts";
import { enforcesRegex, locationMatch } from "../conf/directives.ts";
import { compilePcre, type Pcre } from "../conf/pcre/pcre.ts";
import { defaultServerName, type Location, type Server } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";
import { bodyLimit } from "./body-size.ts";
import { PathTree } from "./path-tree.ts";

/** A location of nginx.conf, ready to be asked. */
export interface NginxLocation {
  readonly location: Location;
  /** What stands behind the word `location`. */
  readonly match: string;
  /** The most bytes that a request's body may have; 0 for any number. */
  readonly bodyLimit: number;
  /** What the path is searched for, and what the whole path becomes then. */
  readonly rewrite: { readonly pattern: Pcre; readonly target: string } | undefined;
}

export type LocationChoice =
  | { readonly kind: "location"; readonly chosen: NginxLocation }
  /** The path lacks the slash at the end of a location that passes requests on. */
  | { readonly kind: "slash"; readonly chosen: NginxLocation }
  /** A location that answers by itself. */
  | { readonly kind: "own"; readonly path: "/healthz" | "/nginx_status" };

/**
 * The locations of a server (src/http/ngx_http_core_module.c `ngx_http_core_find_location`): an exact one ends the search; else the
 * longest prefix, unless a regular expression matches, the first of the file.
 */
export class LocationTable {
  readonly #paths = new PathTree<LocationChoice>();
  readonly #patterns: { readonly pattern: Pcre; readonly choice: LocationChoice }[] = [];

  /** Where the path `/` of the server is sent to (`app-root`); undefined for nowhere. */
  readonly appRoot: string | undefined;

  constructor(server: Server) {
    const isRegex = enforcesRegex(server);
    const added = server.locations.map((location) => this.#add(location, isRegex));
    if (!isRegex) for (const chosen of added) this.#addSlash(chosen);
    if (server.hostname === defaultServerName) {
      for (const path of ["/healthz", "/nginx_status"] as const) this.#paths.addPrefix(path, { kind: "own", path });
    }
    const sent = server.locations.find(({ annotations }) => annotations.rewrite.appRoot !== "");
    this.appRoot = sent?.annotations.rewrite.appRoot;
  }

  #add(location: Location, isRegex: boolean): NginxLocation {
    const path = byteText(location.path);
    const rewritten = needsRewrite(location) ? compilePcre(path) : undefined;
    const target = byteText(location.annotations.rewrite.target);
    const chosen: NginxLocation = {
      location,
      match: locationMatch(location, isRegex),
      bodyLimit: bodyLimit(location.annotations.denied === undefined ? location.annotations.proxy.bodySize : "1m"),
      rewrite: rewritten && { pattern: rewritten, target },
    };
    const choice: LocationChoice = { kind: "location", chosen };
    if (isRegex) {
      const pattern = compilePcre(`^${path}`);
      if (pattern !== undefined) this.#patterns.push({ pattern, choice });
    } else if (location.pathType === "Exact") this.#paths.addExact(path, choice);
    else this.#paths.addPrefix(path, choice);
    return chosen;
  }

  /** A path that lacks only the slash at the end of a location that passes requests on, exact or not. */
  #addSlash(chosen: NginxLocation): void {
    const path = byteText(chosen.location.path);
    const redirects = path.endsWith("/") && chosen.location.annotations.denied === undefined;
    if (redirects) this.#paths.addExact(path.slice(0, -1), { kind: "slash", chosen });
  }

  /** The location for a path; undefined when there is none, which a server of the controller always has. */
  find(uri: string): LocationChoice | undefined {
    for (const { pattern, choice } of this.#patterns) if (pattern.test(uri)) return choice;
    return this.#paths.find(uri);
  }
}

/** A text as its UTF-8 bytes, one character each: what nginx compares. */
export function byteText(text: string): string {
  return textOfBytes(utf8Bytes(text));
}
