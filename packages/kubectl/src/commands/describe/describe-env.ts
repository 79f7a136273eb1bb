import { quantityCeiling } from "../../output/quantity.ts";
import type { DescribeWriter } from "./describe-writer.ts";
import type { DescribedContainer, EnvVar, ResourceFieldRef } from "./described.ts";

/** The text of a Pod's field: `metadata.name`; "" for what is not known. */
export type FieldResolver = (path: string) => string;

/** kubectl pkg/describe, describeContainerEnvFrom and describeContainerEnvVars. */
export function describeEnv(
  container: DescribedContainer,
  resolve: FieldResolver | undefined,
  writer: DescribeWriter,
): void {
  const { env = [], envFrom = [] } = container;
  if (envFrom.length > 0) writer.line("Environment Variables from:", 2);
  for (const { prefix = "", configMapRef, secretRef } of envFrom) {
    const kind = configMapRef !== undefined ? "ConfigMap" : secretRef !== undefined ? "Secret" : "";
    const { name = "", optional = false } = configMapRef ?? secretRef ?? {};
    writer.line(`${name}\t${kind}${prefix === "" ? "" : ` with prefix '${prefix}'`}\tOptional: ${optional}`, 3);
  }
  writer.line(`Environment:${env.length === 0 ? "\t<none>" : ""}`, 2);
  for (const variable of env) for (const line of variableLines(variable, container, resolve)) writer.line(line, 3);
}

function variableLines(
  { name, value = "", valueFrom }: EnvVar,
  container: DescribedContainer,
  resolve: FieldResolver | undefined,
): string[] {
  if (valueFrom === undefined) return value.split("\n").map((line, i) => `${i === 0 ? `${name}:` : ""}\t${line}`);
  const { fieldRef, resourceFieldRef, secretKeyRef, configMapKeyRef } = valueFrom;
  if (fieldRef !== undefined) {
    const { apiVersion = "", fieldPath } = fieldRef;
    return [`${name}:\t${resolve?.(fieldPath) ?? ""} (${apiVersion}:${fieldPath})`];
  }
  if (resourceFieldRef !== undefined) {
    return [`${name}:\t${resourceText(resourceFieldRef, container)} (${resourceFieldRef.resource})`];
  }
  if (secretKeyRef !== undefined) {
    const { key, name: secret = "", optional = false } = secretKeyRef;
    return [`${name}:\t<set to the key '${key}' in secret '${secret}'>\tOptional: ${optional}`];
  }
  if (configMapKeyRef === undefined) return [];
  const { key, name: map = "", optional = false } = configMapKeyRef;
  return [`${name}:\t<set to the key '${key}' of config map '${map}'>\tOptional: ${optional}`];
}

/** An amount of the container in units of the divisor, rounded up. */
function resourceText({ resource, divisor = "0" }: ResourceFieldRef, { resources }: DescribedContainer): string {
  const [kind, ...name] = resource.split(".");
  const amounts = kind === "limits" ? resources?.limits : kind === "requests" ? resources?.requests : undefined;
  const known = /^(limits|requests)\.(cpu|memory|ephemeral-storage|hugepages-.+)$/.test(resource);
  if (!known) return "";
  const text = quantityCeiling(amounts?.[name.join(".")] ?? "0", divisor === "0" ? "1" : divisor);
  return text === "0" && (resource === "limits.cpu" || resource === "limits.memory") ? "node allocatable" : text;
}
