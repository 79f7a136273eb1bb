import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { Location } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";
import { limitProblem, zoneProblem } from "./limit-zones.ts";
import { variableUses } from "./nginx-variables.ts";
import { pcreProblem } from "./pcre-problem.ts";
import { proxyMergeProblem, proxyReadProblem } from "./proxy-problem.ts";
import { rangeProblem } from "./settings-problem.ts";

/** What nginx finds in a location. */
export interface LocationFindings {
  /** Of its limits' zones, which stand before all servers. */
  readonly zone: string | undefined;
  /** What it cannot read. */
  readonly reading: string | undefined;
  /** What does not go together. */
  readonly merging: string | undefined;
  /** Names of variables, in the order in which nginx hears of them: while it reads, and while it merges. */
  readonly read: readonly string[];
  readonly merged: readonly string[];
}

export function locationFindings(location: Location, isRegex: boolean): LocationFindings {
  const { path, annotations } = location;
  const reading: (string | undefined)[] = [];
  const merging: (string | undefined)[] = [];
  const [read, merged]: [string[], string[]] = [[], []];
  const use = (text: string, names: string[], problems: (string | undefined)[]): void => {
    for (const found of variableUses(text)) {
      if (found.kind === "variable") names.push(found.name);
      else problems.push(found.why);
    }
  };
  const { appRoot, target } = annotations.rewrite;
  if (appRoot !== "") use(appRoot, read, reading);
  if (isRegex) reading.push(pcreProblem(`^${path}`));
  if (annotations.denied === undefined) {
    reading.push(rangeProblem(annotations.denylist) ?? rangeProblem(annotations.allowlist));
    reading.push(limitProblem(annotations.rateLimit), proxyReadProblem(annotations));
    if (annotations.customHttpErrors.includes(499)) reading.push('invalid value "499"');
    if (needsRewrite(location)) {
      use(target, read, reading);
      reading.push(pcreProblem(`(?i)${path}`));
    }
    use(headersOf(location, annotations), merged, merging);
    merging.unshift(proxyMergeProblem(annotations.proxy));
  }
  return {
    zone: zoneProblem(annotations.rateLimit),
    reading: firstOf(reading),
    merging: firstOf(merging),
    read,
    merged,
  };
}

/** Header values with variables: nginx compiles them when it merges. */
function headersOf(location: Location, { upstreamVhost, xForwardedPrefix }: IngressAnnotations): string {
  return upstreamVhost + (needsRewrite(location) ? xForwardedPrefix : "");
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
