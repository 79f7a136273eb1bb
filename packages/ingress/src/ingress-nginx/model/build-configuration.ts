import { addPaths } from "./add-paths.ts";
import type { Configuration } from "./configuration.ts";
import { createBackends } from "./create-backends.ts";
import { createServers } from "./create-servers.ts";
import { addCustomDefaultBackends } from "./custom-default-backends.ts";
import { mergeCanaries } from "./merge-canaries.ts";
import type { ModelSource } from "./model-source.ts";
import { sortLocations, splitPrefixes } from "./order-locations.ts";

/**
 * What ingress-nginx makes of all objects: servers and locations in the order of the file, and the backends that it hands to
 * nginx's balancer (internal/ingress/controller/controller.go `getConfiguration`).
 */
export function buildConfiguration(source: ModelSource): Configuration {
  const drafts = createBackends(source);
  const serverDrafts = createServers(source, drafts);
  addPaths(source, drafts, serverDrafts);
  mergeCanaries(source, drafts, serverDrafts);
  const backends = addCustomDefaultBackends(source, drafts, serverDrafts);
  const servers = [...serverDrafts.values()].map((server) => {
    return { ...server, locations: splitPrefixes(sortLocations(server.locations)) };
  });
  servers.sort((a, b) => compareText(a.hostname, b.hostname));
  backends.sort((a, b) => compareText(a.name, b.name));
  return { servers, backends, settings: source.settings };
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}
