import { parseQuantity, quantityText } from "../decode/quantity.ts";
import { type FieldError, invalid, invalidEach, notSupported, required } from "../validate/field-error.ts";
import { qualified } from "../validate/names.ts";
import type { FieldReference, ResourceReference } from "./pod-fields.ts";

/** What an environment variable can say of its Pod. */
export const envFieldPaths: readonly string[] = [
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
  "spec.nodeName",
  "spec.serviceAccountName",
  "status.hostIP",
  "status.hostIPs",
  "status.podIP",
  "status.podIPs",
];

/** What a file can say of its Pod. */
export const volumeFieldPaths: readonly string[] = [
  "metadata.annotations",
  "metadata.labels",
  "metadata.name",
  "metadata.namespace",
  "metadata.uid",
];

/** What the API server knows at all (ConvertDownwardAPIFieldLabel). */
const knownPaths = new Set([
  ...envFieldPaths,
  ...volumeFieldPaths,
  "spec.restartPolicy",
  "spec.schedulerName",
  "status.phase",
]);

/** A field of the Pod (validateObjectFieldSelector). */
export function validateFieldReference(
  { apiVersion, fieldPath }: FieldReference,
  allowed: readonly string[],
  path: string,
): FieldError[] {
  if (!apiVersion) return [required(`${path}.apiVersion`)];
  if (!fieldPath) return [required(`${path}.fieldPath`)];
  const problem = (text: string): FieldError[] => [
    invalid(`${path}.fieldPath`, fieldPath, `error converting fieldPath: ${text}`),
  ];
  if (apiVersion !== "v1") return problem(`unsupported pod version: ${apiVersion}`);
  const [, field, key] = /^(.+?)\['(.*)'\]$/s.exec(fieldPath) ?? [];
  if (field === "metadata.annotations") return invalidEach(path, key!.toLowerCase(), qualified(key!.toLowerCase()));
  if (field === "metadata.labels") return invalidEach(path, key!, qualified(key!));
  if (field !== undefined) return problem(`field label does not support subscript: ${fieldPath}`);
  const today = fieldPath === "spec.host" ? "spec.nodeName" : fieldPath;
  if (!knownPaths.has(today)) return problem(`field label not supported: ${fieldPath}`);
  return allowed.includes(today) ? [] : [notSupported(`${path}.fieldPath`, today, allowed)];
}

const resourcePaths = [
  "limits.cpu",
  "limits.ephemeral-storage",
  "limits.memory",
  "requests.cpu",
  "requests.ephemeral-storage",
  "requests.memory",
];
const hugePages = /^(limits|requests)\.hugepages-/;
const byteDivisors = ["", "k", "M", "G", "T", "P", "E", "Ki", "Mi", "Gi", "Ti", "Pi", "Ei"].map((unit) => `1${unit}`);

/** A container's limit or request (validateContainerResourceFieldSelector). */
export function validateResourceReference(
  { containerName, resource = "", divisor }: ResourceReference,
  inVolume: boolean,
  path: string,
): FieldError[] {
  const errors: FieldError[] = [];
  if (inVolume && !containerName) errors.push(required(`${path}.containerName`));
  else if (resource === "") errors.push(required(`${path}.resource`));
  else if (!resourcePaths.includes(resource) && !hugePages.test(resource)) {
    errors.push(notSupported(`${path}.resource`, resource, resourcePaths));
  }
  return [...errors, ...divisorErrors(resource, divisor, `${path}.divisor`)];
}

function divisorErrors(resource: string, divisor: string | undefined, path: string): FieldError[] {
  const text = quantityText(parseQuantity(divisor ?? "0"));
  if (text === "0") return [];
  const [allowed, what] = divisorsOf(resource);
  if (allowed.length === 0 || allowed.includes(text)) return [];
  const list = what === "cpu" ? allowed.join(" and ") : allowed.join(", ");
  return [invalid(path, resource, `only divisor's values ${list} are supported with the ${what} resource`)];
}

function divisorsOf(resource: string): [readonly string[], string] {
  if (hugePages.test(resource)) return [byteDivisors, "hugepages"];
  switch (resource.replace(/^(limits|requests)\./, "")) {
    case "cpu":
      return [["1m", "1"], "cpu"];
    case "memory":
      return [byteDivisors, "memory"];
    case "ephemeral-storage":
      return [byteDivisors, "local ephemeral storage"];
    default:
      return [[], ""];
  }
}
