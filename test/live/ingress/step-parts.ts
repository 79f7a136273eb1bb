import type { Server } from "@kubenetsim/ingress/ingress-nginx/model/configuration";
import { type Facts, flat } from "./location-facts.ts";
import type { RealServer } from "./real-answer.ts";

export function realServerFacts({ hostname, aliases, redirectFromToWWW, sslCert }: RealServer): Facts {
  return flat({ hostname, aliases, redirectFromToWWW, certificate: sslCert?.secret });
}

export function ownServerFacts({ hostname, aliases, redirectFromToWww, certificate }: Server): Facts {
  const secret = certificate && (certificate.secret || "/");
  return flat({ hostname, aliases, redirectFromToWWW: redirectFromToWww, certificate: secret });
}

/**
 * Lines of the log, sorted, without time and process: the program reads the annotations of an Ingress, and goes through its backends, in
 * no order. What is told of an Ingress that is dropped depends on which annotation was read first.
 */
export function comparableLines(log: readonly string[]): string[] {
  const isCut = log.some((line) => /^E\S* (?:\S+ +\d+ )?store\.go:951\]/.test(line));
  const lines = log.map((line) => comparable(line.replace(/^([WEF])\d+ \S+ +\d+ /, "$1 ").replace(/\n$/, ""), isCut));
  return lines.filter((line) => line !== "").sort();
}

function comparable(line: string, isCut: boolean): string {
  if (isCut && /^[WE] (?:validators|main|annotations)\.go:/.test(line)) return "";
  return line
    .replace(/^(E store\.go:951\]|W store\.go:927\] skipping ingress \S+).*/s, "$1")
    .replace(/^(E annotations\.go:216\]).* ingress=/s, "$1 ");
}
