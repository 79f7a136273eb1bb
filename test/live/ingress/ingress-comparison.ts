import type { Server } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { type IngressCase, randomIngressCase } from "@kubenetsim/testing/ingress/ingress-case";
import type { Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { ownBackendFacts, realBackendFacts } from "./backend-facts.ts";
import { type Facts, flat, ownFacts, realFacts } from "./location-facts.ts";
import { askOwn, type OwnStep } from "./own-answer.ts";
import type { RealServer, RealStep } from "./real-answer.ts";
import { askReal } from "./real-controller.ts";

/** A real ingress-nginx: what it makes of random Ingresses that change, and what it tells nginx. */
export const ingressComparison: Comparison<IngressCase, readonly RealStep[]> = {
  casesAtOnce: 200,
  removable: {
    lists: new Set(["steps", "changes", "rules", "paths", "ports", "endpoints", "tls", "hosts"]),
    fields: new Set([
      "annotations",
      "data",
      "defaultBackend",
      "ingressClassName",
      "defaultBackendService",
      "defaultSslCertificate",
    ]),
  },
  draw: randomIngressCase,
  ask: askReal,
  differenceOf,
  record: (one, answer) => ({ ...one, answer }),
};

export function differenceOf(one: IngressCase, real: readonly RealStep[]): Difference | undefined {
  let step = 0;
  try {
    for (const own of askOwn(one)) {
      const said = real[step]!;
      if (said.problem !== undefined) return undefined;
      // What nginx refuses is judged elsewhere: this one only writes its file.
      if (own.outcome === "refused" && said.outcome === "reloaded") return undefined;
      const found = stepDifference(said, own);
      if (found !== undefined) return { step, ...found };
      step++;
    }
  } catch (problem) {
    const { message, stack = "" } = problem as Error;
    return { step, where: `our own ${message.split("\n")[0]}`, text: stack };
  }
  return undefined;
}

type Found = Omit<Difference, "step">;

function stepDifference(real: RealStep, own: OwnStep): Found | undefined {
  return (
    textDifference("asked", real.asked.join(), own.asked.join()) ??
    serversDifference(real, own) ??
    backendsDifference(real, own) ??
    textDifference("outcome", real.outcome ?? "none", own.outcome ?? "none") ??
    linesDifference(real.log.map(withoutTime), own.log)
  );
}

function serversDifference({ servers }: RealStep, { running }: OwnStep): Found | undefined {
  if (servers === undefined || running === undefined) return undefined;
  const names = (all: readonly { hostname: string }[]): string => all.map(({ hostname }) => hostname).join();
  const found = textDifference("servers", names(servers), names(running.servers));
  if (found !== undefined) return found;
  for (const [at, server] of servers.entries()) {
    const own = running.servers[at]!;
    const different =
      factsDifference("server", serverFacts(server), ownServerFacts(own)) ?? locationsDifference(server, own);
    if (different !== undefined) return { ...different, text: `server ${server.hostname} ${different.text}` };
  }
  return undefined;
}

function serverFacts({ aliases, redirectFromToWWW, sslCert }: RealServer): Facts {
  return flat({ aliases, redirectFromToWWW, certificate: sslCert?.secret });
}

function ownServerFacts({ aliases, redirectFromToWww, certificate }: Server): Facts {
  return flat({
    aliases,
    redirectFromToWWW: redirectFromToWww,
    certificate: certificate && (certificate.secret || "/"),
  });
}

function locationsDifference(server: RealServer, own: Server): Found | undefined {
  const paths = (all: readonly { path?: unknown; pathType?: unknown }[]): string =>
    all.map(({ path, pathType }) => `${pathType} ${path}`).join();
  const found = textDifference("locations", paths(server.locations), paths(own.locations));
  if (found !== undefined) return found;
  for (const [at, location] of server.locations.entries()) {
    const different = factsDifference("location", realFacts(location), ownFacts(own.locations[at]!));
    if (different !== undefined) return { ...different, text: `location ${location.path} ${different.text}` };
  }
  return undefined;
}

function backendsDifference({ backends }: RealStep, { running }: OwnStep): Found | undefined {
  if (backends === undefined || running === undefined) return undefined;
  const names = (all: readonly { name?: unknown }[]): string => all.map(({ name }) => name).join();
  const found = textDifference("backends", names(backends), names(running.backends));
  if (found !== undefined) return found;
  const ownFactsOfAll = inOrder(running.backends.map(ownBackendFacts));
  for (const [at, facts] of inOrder(backends.map(realBackendFacts)).entries()) {
    const different = factsDifference("backend", facts, ownFactsOfAll[at]!);
    if (different !== undefined) return { ...different, text: `backend ${facts.name} ${different.text}` };
  }
  return undefined;
}

/** Of the same name in any order: the program goes through backends in the order of a Go map. */
function inOrder(all: readonly Facts[]): readonly Facts[] {
  const text = (facts: Facts): string => JSON.stringify(Object.entries(facts).sort());
  return [...all].sort((a, b) => {
    if (a.name !== b.name) return 0;
    return text(a) < text(b) ? -1 : 1;
  });
}

function factsDifference(kind: string, real: Facts, own: Facts): Found | undefined {
  for (const name of new Set([...Object.keys(real), ...Object.keys(own)])) {
    if (real[name] !== own[name]) return textDifference(`${kind} ${name}`, String(real[name]), String(own[name]));
  }
  return undefined;
}

/** Lines in any order: the program reads the annotations of an Ingress, and goes through its backends, in none. */
function linesDifference(real: readonly string[], own: readonly string[]): Found | undefined {
  const isCut = [...real, ...own].some((line) => line.startsWith("E store.go:951]"));
  const left = own.map((line) => comparable(line, isCut));
  for (const line of real.map((each) => comparable(each, isCut))) {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    else if (line !== "")
      return { where: `log ${line.split("]")[0]}`, text: `real: ${line}\nours:\n${own.join("\n")}` };
  }
  const more = left.find((line) => line !== "");
  return more === undefined ? undefined : { where: `log of ours ${more.split("]")[0]}`, text: more };
}

/**
 * A line without what the program's random order makes of it. What is told of an Ingress that is dropped depends on which annotation
 * was read first.
 */
function comparable(line: string, isCut: boolean): string {
  const isOfAnnotations = /^[WE] (?:validators|main|annotations)\.go:/.test(line);
  if (isCut && isOfAnnotations) return "";
  return line
    .replace(/^(E store\.go:951\]|W store\.go:927\] skipping ingress \S+).*/s, "$1")
    .replace(/^(E annotations\.go:216\]).* ingress=/s, "$1 ");
}

/** `W1123 22:09:38.013101   10648 controller.go:1241] text` → `W controller.go:1241] text`. */
function withoutTime(line: string): string {
  return line.replace(/^([WEF])\d+ \S+ +\d+ /, "$1 ").replace(/\n$/, "");
}

function textDifference(where: string, real: string, own: string): Found | undefined {
  return real === own ? undefined : { where, text: `${where}\n  real: ${real}\n  ours: ${own}` };
}
