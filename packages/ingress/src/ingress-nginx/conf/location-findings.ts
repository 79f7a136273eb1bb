import { utf8Bytes } from "@kubenetsim/schedulers/utf8";
import { quoted } from "../../controller-log.ts";
import type { IngressAnnotations } from "../annotations/ingress-annotations.ts";
import type { Location } from "../model/configuration.ts";
import { needsRewrite } from "../model/order-locations.ts";
import { escapeQuoted, literalDollars } from "./directives.ts";
import { limitProblem, zoneProblem } from "./limit-zones.ts";
import { variableUses } from "./nginx-variables.ts";
import { pcreProblem } from "./pcre-problem.ts";
import { proxyMergeProblem, proxyReadProblem } from "./proxy-problem.ts";

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

/** Texts between quotes that are longer do not fit into nginx's buffer (src/core/ngx_conf_file.c `ngx_conf_read_token`). */
const longestQuoted = 4093;
/** To how many bytes one character of a path may come. */
const longestEscape = 17;

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
  reading.push(tooLong(location, isRegex));
  if (isRegex) reading.push(pcreProblem(`^${path}`));
  if (annotations.denied === undefined) {
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

/** The first of the texts between quotes that is too long. */
function tooLong(location: Location, isRegex: boolean): string | undefined {
  const { path, ingressPath } = location;
  if (path.length * longestEscape <= longestQuoted) return undefined;
  const texts = [
    `${isRegex ? "^" : ""}${escapeQuoted(path)}`,
    literalDollars(quoted(ingressPath).slice(1, -1)),
    ...(needsRewrite(location) ? [`(?i)${escapeQuoted(path)}`] : []),
  ];
  return firstOf(texts.map(quotedProblem));
}

function quotedProblem(text: string): string | undefined {
  const { length } = utf8Bytes(text);
  if (length <= longestQuoted) return undefined;
  // The buffer ends in the text, or just behind its closing quote.
  if (length > longestQuoted + 1) return 'too long parameter, probably missing terminating """ character';
  return `too long parameter "${text.slice(0, 10)}..." started`;
}

function firstOf(problems: readonly (string | undefined)[]): string | undefined {
  return problems.find((problem) => problem !== undefined);
}
