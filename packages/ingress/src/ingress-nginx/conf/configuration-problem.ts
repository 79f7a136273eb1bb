import type { Configuration, Server } from "../model/configuration.ts";
import { noHeaders } from "../model/file-headers.ts";
import { cipherProblem } from "./cipher-problem.ts";
import type { ConfContext } from "./conf-context.ts";
import { enforcesRegex, locationMatch, serverNameText } from "./directives.ts";
import { type LocationFindings, locationFindings } from "./location-findings.ts";
import { longParameterProblem } from "./long-parameters.ts";
import { compareBytes } from "./name-order.ts";
import { isKnownVariable } from "./nginx-variables.ts";
import { pcreProblem } from "./pcre-problem.ts";
import { isServerName } from "./server-name.ts";
import { blockListProblem, settingsProblem } from "./settings-problem.ts";
import { wwwRedirects } from "./www-redirects.ts";

/**
 * Why nginx refuses the file of a configuration, in its words but for file and line; undefined when it takes it. It reads the
 * whole file, then makes each location of what stands around it, then sorts the locations of each server, then looks its
 * variables up, then its names (src/http/ngx_http.c `ngx_http_block`): what is found in an earlier one of these is told.
 *
 * @example
 * configurationProblem(configuration); // 'nginx: [emerg] duplicate location "/d"'
 */
export function configurationProblem({
  servers,
  ports,
  settings,
  headers = noHeaders,
}: Configuration): string | undefined {
  const context = { settings, ports, headers, isEmpty: none };
  const findings = servers.map((server) => findingsOf(server, context)).filter((each) => each !== nothing);
  const badName =
    wwwRedirects(servers).find(({ from }) => !isServerName(from))?.from ?? first(findings, ({ name }) => name);
  const problem =
    settingsProblem(settings) ??
    first(findings, ({ zone }) => zone) ??
    blockListProblem(settings) ??
    first(findings, ({ reading }) => reading) ??
    first(findings, ({ merging }) => merging) ??
    first(findings, ({ duplicate }) => duplicate) ??
    first(findings, ({ variable }) => variable) ??
    (badName && `invalid server name or wildcard "${badName.toLowerCase()}" on 0.0.0.0:${ports.http}`);
  return problem && `nginx: [emerg] ${problem}`;
}

function first<T>(values: readonly T[], problemOf: (value: T) => string | undefined): string | undefined {
  for (const value of values) {
    const problem = problemOf(value);
    if (problem !== undefined) return problem;
  }
  return undefined;
}

/** What is wrong with a server, by the phase in which nginx finds it. */
interface ServerFindings {
  readonly zone: string | undefined;
  readonly reading: string | undefined;
  readonly merging: string | undefined;
  readonly duplicate: string | undefined;
  readonly variable: string | undefined;
  /** A name that the table of names does not take. */
  readonly name: string | undefined;
}

const nothing: ServerFindings = {
  zone: undefined,
  reading: undefined,
  merging: undefined,
  duplicate: undefined,
  variable: undefined,
  name: undefined,
};

const none: ReadonlySet<string> = new Set();

/** Of servers that were looked at; they never change. */
const known = new WeakMap<Server, ServerFindings>();

function findingsOf(server: Server, context: ConfContext): ServerFindings {
  let findings = known.get(server);
  if (findings === undefined) {
    const found = lookAt(server, context);
    findings = Object.values(found).every((problem) => problem === undefined) ? nothing : found;
    known.set(server, findings);
  }
  return findings;
}

function lookAt(server: Server, context: ConfContext): ServerFindings {
  const isRegex = enforcesRegex(server);
  const locations = server.locations.map((location) => locationFindings(location, isRegex));
  const unknown = [...locations.flatMap(({ read }) => read), ...locations.flatMap(({ merged }) => merged)].find(
    (name) => !isKnownVariable(name),
  );
  return {
    zone: first(locations, ({ zone }) => zone),
    name: server.aliases.find((alias) => !isServerName(alias)),
    reading:
      namePatternProblem(server) ??
      longParameterProblem(server, context) ??
      first(locations, ({ reading }: LocationFindings) => reading),
    merging:
      (server.access.ciphers === "" ? undefined : cipherProblem(server.access.ciphers)) ??
      first(locations, ({ merging }) => merging),
    duplicate: isRegex ? undefined : duplicateLocation(server),
    variable: unknown === undefined ? undefined : `unknown "${unknown.toLowerCase()}" variable`,
  };
}

/** A name that is a regular expression, and does not compile. */
function namePatternProblem({ hostname, aliases }: Server): string | undefined {
  return first([serverNameText(hostname), ...aliases], (name) => {
    if (name === ".") return `server name "." is invalid`;
    if (name === "~") return "empty regex in server name";
    return name.startsWith("~") ? pcreProblem(name.slice(1)) : undefined;
  });
}

/** The first in the order of nginx's tree: by bytes, whole paths before prefixes. */
function duplicateLocation(server: Server): string | undefined {
  const seen = new Set<string>();
  const twice = new Set<string>();
  for (const location of server.locations) {
    const match = locationMatch(location, false);
    if (seen.has(match)) twice.add(location.path);
    seen.add(match);
  }
  const [path] = [...twice].sort(compareBytes);
  return path === undefined ? undefined : `duplicate location "${path}"`;
}
