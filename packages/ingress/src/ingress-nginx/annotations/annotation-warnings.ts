import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import type { Ingress } from "@kubenetsim/core/model/ingress";
import type { AnnotationWarning } from "../../ingress-controller.ts";
import { unmodelledVariables } from "../request/hash-key.ts";
import { knownFields } from "./annotation-parsers.ts";
import { annotationsPrefix } from "./annotation-reader.ts";
import { unmodelledFields } from "./file-only.ts";

/**
 * The annotations of an Ingress that are not modelled, and those that the program does not know: it ignores them, and so does the model.
 *
 * @example
 * annotationWarnings(ingress).map(({ message }) => message);
 * // ["annotation nginx.ingress.kubernetes.io/enable-modsecurity of Ingress shop/web is not modelled"]
 */
export function annotationWarnings({ metadata }: Ingress): readonly AnnotationWarning[] {
  const { namespace = "", name, annotations = {} } = metadata;
  return Object.keys(annotations).flatMap((annotation) => {
    if (!annotation.startsWith(`${annotationsPrefix}/`)) return [];
    const problem = problemOf(annotation.slice(annotationsPrefix.length + 1), annotations[annotation]!);
    if (problem === undefined) return [];
    return [{ annotation, message: `annotation ${annotation} of Ingress ${namespace}/${name} ${problem}` }];
  });
}

/** Of annotations that earlier versions of the program knew. */
const gone: readonly string[] = [
  "global-rate-limit",
  "global-rate-limit-window",
  "global-rate-limit-key",
  "global-rate-limit-ignored-cidrs",
  "enable-opentracing",
  "opentracing-trust-incoming-span",
  "enable-influxdb",
  "secure-backends",
  "grpc-backend",
];

function problemOf(name: string, value: string): string | undefined {
  if (name === "upstream-hash-by") {
    const variables = unmodelledVariables(value);
    return variables.length === 0 ? undefined : `asks for what is not modelled: ${variables.join(", ")}`;
  }
  if (Object.hasOwn(unmodelledFields, name)) return "is not modelled";
  if (allNames.has(name)) return undefined;
  if (gone.includes(name)) return "is none of controller v1.15.1, which ignores it: earlier versions had it";
  const near = nearestWord(name, [...allNames]);
  return `is unknown to ingress-nginx, which ignores it${near === undefined ? "" : `: is ${near} meant?`}`;
}

const allNames: ReadonlySet<string> = new Set(
  Object.entries(knownFields).flatMap(([name, { aliases = [] }]) => [name, ...aliases]),
);
