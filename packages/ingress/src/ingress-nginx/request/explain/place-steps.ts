import { enforcesRegex } from "../../conf/directives.ts";
import { type Configuration, defaultServerName, type Location, type Server } from "../../model/configuration.ts";
import { needsRewrite } from "../../model/order-locations.ts";
import type { NginxLocation } from "../location-table.ts";
import { annotationOrigin, hostOrigin, pathOrigin, titleOf } from "./ingress-origin.ts";
import { type Telling, ToldStep } from "./told-step.ts";

/** Why this server takes the host. */
export function serverStep(server: Server, host: string): ToldStep {
  return new ToldStep("server", () => tellServer(server, host));
}

function tellServer({ hostname, aliases, locations }: Server, host: string): Telling {
  const chosen = `${hostname} for the host ${host}`;
  // The location of the host itself, or the first of those that took its place.
  const ingress = (locations.find(({ isDefaultBackend }) => isDefaultBackend) ?? locations.at(-1))?.ingress;
  const origin = hostOrigin(ingress, hostname);
  if (hostname === host) return { text: chosen, origin };
  if (hostname === defaultServerName) return { text: `${chosen}, which no rule names`, origin };
  if (hostname.startsWith("*.") && !aliases.includes(host)) {
    return { text: `${chosen}: the star stands for its first label`, origin };
  }
  const speaker = locations.find(({ annotations }) => annotations.aliases.length > 0)?.ingress ?? ingress;
  return { text: `${chosen}, which is an alias`, origin: annotationOrigin(speaker, "server-alias") ?? origin };
}

/** Why this location takes the path; `newest` knows Ingresses that have come since without a change for nginx. */
export function locationStep(
  server: Server,
  { location, match }: NginxLocation,
  uri: string,
  newest: Configuration | undefined,
): ToldStep {
  return new ToldStep("location", () => {
    const owned = sameIn(newest, server, location) ?? location;
    const text = `${match} for the path ${uri}${whyForm(server, location)}${whyOwner(owned)}`;
    return { text, origin: pathOrigin(location, server.hostname) };
  });
}

/** The server's own redirect of `/`. */
export function appRootStep({ locations }: Server, target: string): ToldStep {
  return new ToldStep("rewrite", () => {
    const asking = locations.find(({ annotations }) => annotations.rewrite.appRoot !== "");
    return { text: `302: / is sent to ${target}, the app-root`, origin: annotationOrigin(asking?.ingress, "app-root") };
  });
}

/** Why it is written as it is: a regular expression, exactly, as the beginning of a path. */
function whyForm(server: Server, location: Location): string {
  if (enforcesRegex(server)) {
    const cause = server.locations.find(needsRewrite);
    const other = server.locations.find(({ annotations }) => annotations.rewrite.useRegex);
    const asked = cause === undefined ? "use-regex" : "a rewrite-target";
    const { ingress } = (cause ?? other)!;
    const by = ingress === undefined ? "" : ` in ${titleOf(ingress)}`;
    return `, the first regular expression that fits, because host ${server.hostname} has ${asked}${by}`;
  }
  if (location.isDefaultBackend) return ", because no path of a rule fits";
  if (location.pathType === "Prefix") return ", the longest beginning that fits";
  const isHalf = location.ingress?.spec.rules?.some((rule) =>
    rule.http?.paths?.some(({ path, pathType }) => path === location.path && pathType !== "Exact"),
  );
  return isHalf ? ", which belongs to the prefix of that path" : ", which is exactly it";
}

/** The same location of another configuration; undefined for none. */
function sameIn(
  newest: Configuration | undefined,
  { hostname }: Server,
  { path, pathType }: Location,
): Location | undefined {
  const server = newest?.servers.find((each) => each.hostname === hostname);
  return server?.locations.find((each) => each.path === path && each.pathType === pathType);
}

/** Others that asked for the same path, and came later. */
function whyOwner({ ingress, passedOver = [] }: Location): string {
  if (ingress === undefined || passedOver.length === 0) return "";
  const others = passedOver.map(titleOf).join(", ");
  return `; older ${titleOf(ingress)} owns this path, not ${others}`;
}
