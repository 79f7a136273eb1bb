import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import type { Location } from "./configuration.ts";

/**
 * Locations as the file has them: longer paths first, then greater ones (internal/ingress/controller/controller.go
 * `getBackendServers`). Lengths and order are those of the bytes.
 */
export function sortLocations(locations: readonly Location[]): Location[] {
  const keyed = locations.map((location) => ({ location, bytes: utf8Bytes(location.path) }));
  keyed.sort((a, b) => b.bytes.length - a.bytes.length || compareBytes(b.bytes, a.bytes));
  return keyed.map(({ location }) => location);
}

function compareBytes(left: ArrayLike<number>, right: ArrayLike<number>): number {
  for (let i = 0; i < left.length; i++) if (left[i] !== right[i]) return left[i]! - right[i]!;
  return 0;
}

/**
 * Makes two of each location of type Prefix, `/path/` and exactly `/path`, so that `/pathology` is no part of it and nginx does not
 * redirect to the slash (internal/ingress/controller/location.go `updateServerLocations`). Not for `/`, nor where the
 * location's own Ingress rewrites or has regular expressions, nor where there is an exact location of that path.
 */
export function splitPrefixes(locations: readonly Location[]): Location[] {
  const exact = new Set(locations.filter(({ pathType }) => pathType === "Exact").map(({ path }) => path));
  return locations.flatMap((location) => {
    const { path } = location;
    if (path === "/") return [location];
    const named = { ...location, ingressPath: path };
    if (location.pathType !== "Prefix" || needsRewrite(location) || location.annotations.rewrite.useRegex)
      return [named];
    const withSlash: Location = { ...named, path: path.endsWith("/") ? path : `${path}/` };
    return exact.has(path) ? [withSlash] : [withSlash, { ...named, pathType: "Exact" }];
  });
}

/** A rewrite to the path itself is none. */
export function needsRewrite({ path, annotations }: Pick<Location, "path" | "annotations">): boolean {
  const { target } = annotations.rewrite;
  return target !== "" && target !== path;
}
