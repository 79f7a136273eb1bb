import type { Ingress, IngressPath } from "@kubenetsim/core/model/ingress";
import type { AnnotationSurroundings } from "../annotations/annotation-parsers.ts";
import { annotationsPrefix } from "../annotations/annotation-reader.ts";
import { extractAnnotations } from "../annotations/extract-annotations.ts";
import type { PathType } from "../model/configuration.ts";
import type { ParsedIngress } from "../model/model-source.ts";

/**
 * An Ingress with its annotations read and its paths filled in: no path is `/`, and any type but Exact is Prefix
 * (internal/ingress/controller/store `syncIngress`, internal/k8s `SetDefaultNGINXPathType`). undefined when it is dropped.
 */
export function prepareIngress(ingress: Ingress, around: AnnotationSurroundings): ParsedIngress | undefined {
  const key = `${ingress.metadata.namespace ?? ""}/${ingress.metadata.name}`;
  const blocked = blockedWord(ingress, around.settings.annotationValueWordBlocklist);
  if (blocked !== undefined) {
    around.log.warn("store.go:927", `skipping ingress ${key}: ${blocked}`);
    return undefined;
  }
  const annotations = extractAnnotations(ingress, around);
  return annotations === undefined ? undefined : { key, ingress: withPathDefaults(ingress), annotations };
}

function withPathDefaults(ingress: Ingress): Ingress {
  const rules = ingress.spec.rules?.map((rule) => {
    const paths = rule.http?.paths.map((path) => ({
      ...path,
      path: path.path || "/",
      pathType: pathTypeOf(path),
    }));
    return paths === undefined ? rule : { ...rule, http: { paths } };
  });
  return rules === undefined ? ingress : { ...ingress, spec: { ...ingress.spec, rules } };
}

/** Whether an update changes nothing for the program, which takes any path type but Exact for Prefix. */
export function isSameIngress(before: Ingress, after: Ingress): boolean {
  return JSON.stringify(withPathTypes(before)) === JSON.stringify(withPathTypes(after));
}

function withPathTypes(ingress: Ingress): Ingress {
  const rules = ingress.spec.rules?.map((rule) => {
    const paths = rule.http?.paths.map((path) => ({ ...path, pathType: pathTypeOf(path) }));
    return paths === undefined ? rule : { ...rule, http: { paths } };
  });
  return rules === undefined ? ingress : { ...ingress, spec: { ...ingress.spec, rules } };
}

function pathTypeOf({ pathType }: IngressPath): PathType {
  return pathType === "Exact" ? "Exact" : "Prefix";
}

function blockedWord({ metadata }: Ingress, blocklist: string): string | undefined {
  if (blocklist === "") return undefined;
  const words = blocklist.trim().split(",");
  for (const [name, value] of Object.entries(metadata.annotations ?? {})) {
    if (!name.startsWith(`${annotationsPrefix}/`)) continue;
    const word = words.find((each) => value.includes(each));
    if (word !== undefined) return `${name} annotation contains invalid word ${word}`;
  }
  return undefined;
}
