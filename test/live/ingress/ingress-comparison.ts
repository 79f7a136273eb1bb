import type { Server } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { type IngressCase, randomIngressCase } from "@kubenetsim/testing/ingress/ingress-case";
import type { Comparison } from "../comparison.ts";
import type { Difference } from "../difference.ts";
import { ownBackendFacts, realBackendFacts } from "./backend-facts.ts";
import { type Facts, ownFacts, realFacts } from "./location-facts.ts";
import { askOwn, type OwnStep } from "./own-answer.ts";
import type { RealServer, RealStep } from "./real-answer.ts";
import { askReal } from "./real-controller.ts";
import { comparableLines, ownServerFacts, realServerFacts } from "./step-parts.ts";

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
  draw: (seed) => randomIngressCase(seed),
  ask: askReal,
  differenceOf,
  record: (one, answer) => ({ ...one, answer }),
};

function differenceOf(one: IngressCase, real: readonly RealStep[]): Difference | undefined {
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
    linesDifference(comparableLines(real.log), comparableLines(own.log))
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
      factsDifference("server", realServerFacts(server), ownServerFacts(own)) ?? locationsDifference(server, own);
    if (different !== undefined) return { ...different, text: `server ${server.hostname} ${different.text}` };
  }
  return undefined;
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

function linesDifference(real: readonly string[], own: readonly string[]): Found | undefined {
  const left = [...own];
  for (const line of real) {
    const at = left.indexOf(line);
    if (at >= 0) left.splice(at, 1);
    else return { where: `log ${line.split("]")[0]}`, text: `real: ${line}\nours:\n${own.join("\n")}` };
  }
  return left.length === 0 ? undefined : { where: `log of ours ${left[0]!.split("]")[0]}`, text: left.join("\n") };
}

function textDifference(where: string, real: string, own: string): Found | undefined {
  return real === own ? undefined : { where, text: `${where}\n  real: ${real}\n  ours: ${own}` };
}
