import type { Ingress } from "@kubenetsim/core/model/ingress";
import { quoted } from "../../controller-log.ts";
import type { NginxSettings } from "../nginx-settings.ts";
import { type AnnotationSurroundings, annotationParsers } from "./annotation-parsers.ts";
import { isProblem } from "./annotation-problem.ts";
import { AnnotationReader, annotationsPrefix, type Risk, riskLevels } from "./annotation-reader.ts";
import { groupsOfOthers } from "./file-only.ts";
import { blankAnnotations, type Denial, type IngressAnnotations } from "./ingress-annotations.ts";

/**
 * Reads the annotations of an Ingress (internal/ingress/annotations/annotations.go `Extract`). A value that a parser refuses
 * drops the Ingress: then the answer is undefined, and the log says why. One that denies its locations leaves `denied`.
 * Any other problem leaves what nobody said.
 */
export function extractAnnotations(ingress: Ingress, around: AnnotationSurroundings): IngressAnnotations | undefined {
  const { log, settings } = around;
  const risky = riskyGroup(ingress, settings.annotationsRiskLevel);
  if (risky !== undefined) {
    log.error("store.go:951", `annotation group ${risky} contains risky annotation based on ingress configuration`);
    return undefined;
  }
  if (saysNothing(ingress)) {
    const known = unsaid.get(settings);
    if (known !== undefined) return known;
  }
  const parsed: Record<string, unknown> = {};
  let denied: Denial | undefined;
  for (const { group, field, fields, parse } of annotationParsers) {
    const value = parse(new AnnotationReader(ingress, fields, log), around);
    if (!isProblem(value)) parsed[field] = value;
    else if (value.kind === "validation") {
      log.error("annotations.go:193", `"ingress contains invalid annotation value" err=${quoted(value.message)}`);
      log.error("store.go:951", value.message);
      return undefined;
    } else if (value.kind === "denied") {
      if (group === "CertificateAuth") parsed.clientCertificatesDenied = value.message;
      if (denied !== undefined) continue;
      denied = { reason: value.message };
      const key = `${ingress.metadata.namespace ?? ""}/${ingress.metadata.name}`;
      const text = `"error reading Ingress annotation" err=${quoted(value.message)} name=${quoted(group)} ingress=${quoted(key)}`;
      log.error("annotations.go:216", text);
    }
  }
  const annotations = { ...blankAnnotations(settings), ...parsed, denied };
  if (saysNothing(ingress)) unsaid.set(settings, annotations);
  return annotations;
}

/** What all Ingresses come to that have no annotation of the program. */
const unsaid = new WeakMap<NginxSettings, IngressAnnotations>();

function saysNothing({ metadata: { annotations = {} } }: Ingress): boolean {
  for (const name in annotations) if (name.startsWith(annotationsPrefix)) return false;
  return true;
}

/** The group of an annotation that is riskier than allowed; undefined when there is none. */
function riskyGroup(ingress: Ingress, allowed: string): string | undefined {
  const highest = riskLevels.findIndex((level) => level.toLowerCase() === allowed.toLowerCase());
  for (const fullName of Object.keys(ingress.metadata.annotations ?? {})) {
    const name = fullName.startsWith(`${annotationsPrefix}/`) ? fullName.slice(annotationsPrefix.length + 1) : fullName;
    const known = groups.get(name);
    if (known !== undefined && riskLevels.indexOf(known.risk) > Math.max(0, highest)) return known.group;
  }
  return undefined;
}

/** By every name that an annotation has. */
const groups: ReadonlyMap<string, { readonly group: string; readonly risk: Risk }> = new Map(
  annotationParsers.flatMap(({ group, fields }) =>
    Object.entries(fields).flatMap(([name, { aliases = [], risk }]) =>
      [name, ...aliases].map((each) => [each, { group: groupsOfOthers[each] ?? group, risk }] as const),
    ),
  ),
);
