import type { Ingress } from "@kubenetsim/core/model/ingress";
import { type ControllerLog, quoted } from "../../controller-log.ts";
import { annotationsPrefix } from "../annotations/annotation-reader.ts";
import type { NginxSettings } from "../nginx-settings.ts";

/** Annotations that name a Secret. */
const secretAnnotations = ["auth-secret", "auth-tls-secret", "proxy-ssl-secret", "secure-verify-ca-secret"];

/** namespace/name of the Secrets that an Ingress names (internal/ingress/controller/store/store.go `updateSecretIngressMap`). */
export function secretsNamedBy({ metadata, spec }: Ingress, settings: NginxSettings, log: ControllerLog): string[] {
  const namespace = metadata.namespace ?? "";
  const names = (spec.tls ?? []).map(({ secretName = "" }) => secretName).filter((name) => name !== "");
  const named = secretAnnotations.flatMap((name) => {
    const fullName = `${annotationsPrefix}/${name}`;
    const value = metadata.annotations?.[fullName];
    if (value === undefined) return [];
    const key = secretKey(fullName, value, namespace, settings.allowCrossNamespaceResources);
    if (typeof key === "string") return key === "" ? [] : [key];
    log.error("store.go:1000", `error reading secret reference in annotation ${quoted(name)}: ${key.problem}`);
    return [];
  });
  return [...names.map((name) => `${namespace}/${name}`), ...named];
}

/**
 * namespace/name of the Secret that an annotation names, empty for none; or why it cannot be told
 * (internal/ingress/controller/store/store.go `objectRefAnnotationNsKey`).
 */
function secretKey(
  annotation: string,
  value: string,
  namespace: string,
  isAnywhere: boolean,
): string | { readonly problem: string } {
  const lines = value.split("\n").map((line) => line.trim());
  const reference = lines.join("\n");
  if (reference === "") return { problem: `the annotation ${annotation} does not contain a valid value (${value})` };
  const parts = reference.split("/");
  if (parts.length > 2) return { problem: `unexpected key format: ${quoted(reference)}` };
  const name = parts.at(-1)!;
  if (name === "") return "";
  const owner = parts.length === 2 ? parts[0]! : "";
  if (owner === "") return `${namespace}/${name}`;
  if (!isAnywhere && owner !== namespace) return { problem: "cross namespace secret is not supported" };
  return reference;
}
