import { noCookie } from "../annotations/session-affinity.ts";
import type { BackendAffinity } from "./configuration.ts";
import type { BackendUse } from "./ingress-uses.ts";
import type { PlacedLog } from "./placed-log.ts";

export const noAffinity: BackendAffinity = { type: "", mode: "", cookie: noCookie, locations: {} };

/**
 * How a backend keeps its clients (internal/ingress/controller/controller.go `getBackendServers`): the first Ingress says whether
 * it does, the last one what its cookie is like. `namesOf` gives all names of the server of a host.
 */
export function keepAffinity(
  uses: readonly BackendUse[],
  namesOf: (host: string) => readonly string[],
  log: PlacedLog,
): BackendAffinity {
  let { type, mode, cookie } = noAffinity;
  const locations = new Map<string, string[]>();
  for (const use of uses) {
    if (use.path === undefined) continue;
    const { sessionAffinity: asked, rewrite } = use.parsed.annotations;
    type ||= asked.type;
    mode ||= asked.mode;
    if (asked.type !== "cookie") continue;
    log.at(use);
    if (rewrite.useRegex && asked.cookie.path === "") {
      log.warn("controller.go:886", "session-cookie-path should be set when use-regex is true");
    }
    cookie = asked.cookie;
    for (const name of namesOf(use.host)) {
      const paths = locations.get(name);
      if (paths === undefined) locations.set(name, [use.path.path ?? ""]);
      else paths.push(use.path.path ?? "");
    }
  }
  return { type, mode, cookie, locations: Object.fromEntries(locations) };
}
