import { quoted } from "../../controller-log.ts";
import type { Backend, Configuration } from "../model/configuration.ts";
import { formatEndpoint } from "../model/endpoint-text.ts";
import type { ConfText } from "./conf-text.ts";
import { hasOnlyKnownVariables } from "./nginx-variables.ts";

/**
 * A block for each backend, in the place of the template's one `upstream_balancer` that asks Lua. Of two backends with one name the
 * last counts, as it does there.
 */
export function writeUpstreams(text: ConfText, { backends }: Configuration): void {
  text.line("# Lua: the program has one upstream_balancer, whose endpoints and ways of balancing Lua is told of.");
  for (const backend of lastByName(backends)) {
    text.block(`upstream ${backend.name}`, () => writeUpstream(text, backend));
    text.line();
  }
}

/** Names of backends that no request gets an endpoint of: 503 (rootfs/etc/nginx/lua/balancer.lua). */
export function emptyBackends({ backends }: Configuration): ReadonlySet<string> {
  const empty = lastByName(backends).filter(({ endpoints }) => endpoints.length === 0);
  return new Set(empty.map(({ name }) => name));
}

function lastByName(backends: readonly Backend[]): Backend[] {
  return [...new Map(backends.map((backend) => [backend.name, backend])).values()];
}

/** No server answers at this address: what is sent there fails at once. */
const placeholder = "server 0.0.0.1; # placeholder";

function writeUpstream(text: ConfText, backend: Backend): void {
  for (const note of luaNotes(backend)) text.line(`# Lua: ${note}`);
  const { upstreamHashBy, sessionAffinity, endpoints } = backend;
  const isHashed = sessionAffinity.type !== "cookie" && upstreamHashBy.expression !== "" && !upstreamHashBy.subset;
  if (isHashed && hasOnlyKnownVariables(upstreamHashBy.expression)) {
    text.directives(`hash "${upstreamHashBy.expression}" consistent`);
  }
  if (endpoints.length === 0 || backend.isExternalName) text.line(placeholder);
  else {
    for (const endpoint of endpoints) text.directives(`server ${formatEndpoint(endpoint)} max_fails=0`);
  }
  text.directives("keepalive 320", "keepalive_time 1h", "keepalive_timeout  60s", "keepalive_requests 10000");
}

/** What Lua does for a backend that nginx alone does not, or does in another way. */
function luaNotes(backend: Backend): string[] {
  const { sessionAffinity, upstreamHashBy, loadBalance, alternativeBackends, isExternalName, endpoints } = backend;
  const { expression, subset, subsetSize } = upstreamHashBy;
  const notes: string[] = [];
  if (sessionAffinity.type === "cookie") {
    const mode = sessionAffinity.mode === "persistent" ? "sticky_persistent" : "sticky_balanced";
    notes.push(`${mode} by the cookie ${quoted(sessionAffinity.cookie.name)}`);
  } else if (expression !== "") {
    const how = subset
      ? `chashsubset by ${quoted(expression)} in sets of ${subsetSize}`
      : `chash by ${quoted(expression)}`;
    notes.push(`${how}; its ring is another one than nginx's`);
  } else if (loadBalance === "ewma") notes.push("ewma");
  if (isExternalName) notes.push(`resolves ${endpoints.map(({ address }) => address).join(", ")} itself`);
  if (alternativeBackends.length > 0) notes.push(`canary ${alternativeBackends[0]} takes some of the requests`);
  return notes;
}
