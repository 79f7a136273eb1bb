import type { Configuration, Server } from "../model/configuration.ts";
import { enforcesRegex, locationMatch } from "./directives.ts";
import { isPcre } from "./pcre.ts";

/**
 * Why nginx refuses the file of a configuration, in its words but for file and line; undefined when it takes it. A server that has
 * the same location twice, or a path that is no regular expression where it has to be one, brings down the whole file (ngx_http_core_module.c, ngx_http.c `ngx_http_init_locations`).
 */
export function configurationProblem({ servers }: Configuration): string | undefined {
  for (const server of servers) {
    let problem = known.get(server);
    if (problem === undefined) {
      problem = serverProblem(server) ?? "none";
      known.set(server, problem);
    }
    if (problem !== "none") return problem;
  }
  return undefined;
}

/** Of servers that were looked at; they never change. */
const known = new WeakMap<Server, string>();

function serverProblem(server: Server): string | undefined {
  const location = duplicateLocation(server);
  if (location !== undefined) return `nginx: [emerg] duplicate location "${location}"`;
  const pattern = badPattern(server);
  return pattern && `nginx: [emerg] pcre2_compile() failed in "${pattern}"`;
}

/** A path that is no regular expression, on a host where all are. */
function badPattern(server: Server): string | undefined {
  if (!enforcesRegex(server)) return undefined;
  const location = server.locations.find(({ path }) => !isPcre(`^${path}`));
  return location && `^${location.path}`;
}

function duplicateLocation(server: Server): string | undefined {
  if (enforcesRegex(server)) return undefined;
  const seen = new Set<string>();
  for (const location of server.locations) {
    const match = locationMatch(location, false);
    if (seen.has(match)) return location.path;
    seen.add(match);
  }
  return undefined;
}
