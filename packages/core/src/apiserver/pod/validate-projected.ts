import { type FieldError, forbidden, invalid, required } from "../validate/field-error.ts";
import { validateFieldReference, validateResourceReference, volumeFieldPaths } from "./downward-api.ts";
import { fileMode, idRange, keyToPath, localPath } from "./file-paths.ts";
import type { DownwardFile, ProjectedSource, VolumeSources } from "./pod-fields.ts";

/** Several sources in one folder (validateProjectedVolumeSource). */
export function validateProjected(volume: NonNullable<VolumeSources["projected"]>, path: string): FieldError[] {
  const taken = new Set<string>();
  const takes = (file: string | undefined, owner: string): FieldError[] => {
    if (!file) return [];
    if (taken.has(file)) return [invalid(path, owner, "conflicting duplicate paths")];
    taken.add(file);
    return [];
  };
  return [
    ...fileMode(volume.defaultMode, `${path}.defaultMode`),
    ...idRange(volume.defaultUser, `${path}.defaultUser`),
    ...(volume.sources ?? []).flatMap((source, i) => sourceErrors(source, takes, path, `${path}.sources[${i}]`)),
  ];
}

type Takes = (file: string | undefined, owner: string) => FieldError[];

const sourceFields = [
  "secret",
  "configMap",
  "downwardAPI",
  "serviceAccountToken",
  "clusterTrustBundle",
  "podCertificate",
];

function sourceErrors(source: ProjectedSource, takes: Takes, volume: string, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const field of ["secret", "configMap"] as const) {
    const { name = "", items = [] } = source[field] ?? { name: "none" };
    if (name === "") errors.push(required(`${path}.${field}.name`));
    for (const [i, item] of items.entries()) {
      errors.push(...keyToPath(item, `${path}.${field}.items[${i}]`), ...takes(item.path, name));
    }
  }
  for (const file of source.downwardAPI?.items ?? []) {
    errors.push(...validateDownwardFile(file, `${path}.downwardAPI`), ...takes(file.path, file.path ?? ""));
  }
  errors.push(...tokenErrors(source.serviceAccountToken, volume, `${path}.serviceAccountToken`));
  const count = sourceFields.filter(
    (field) => (source as Readonly<Record<string, unknown>>)[field] !== undefined,
  ).length;
  if (count > 1) errors.push(forbidden(path, "may not specify more than 1 volume type per source"));
  return errors;
}

const leastTokenSeconds = 600;
const mostTokenSeconds = 2 ** 32;

function tokenErrors(token: ProjectedSource["serviceAccountToken"], volume: string, path: string): FieldError[] {
  if (token === undefined) return [];
  const { expirationSeconds: seconds, path: file, user } = token;
  const errors: FieldError[] = [];
  const at = `${path}.expirationSeconds`;
  if (seconds === undefined) errors.push(required(at));
  else if (seconds < leastTokenSeconds) {
    errors.push(invalid(at, seconds, "may not specify a duration less than 10 minutes"));
  } else if (seconds > mostTokenSeconds) {
    errors.push(invalid(at, seconds, "may not specify a duration larger than 2^32 seconds"));
  }
  // The API server names the volume's path here, not the source's.
  if (!file) errors.push(required(`${volume}.path`));
  else errors.push(...localPath(file, `${volume}.path`));
  return [...errors, ...idRange(user, `${path}.user`)];
}

/** A file that says something of the Pod itself. Its errors name the volume, not the file. */
export function validateDownwardFile(file: DownwardFile, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (!file.path) errors.push(required(`${path}.path`));
  errors.push(...localPath(file.path ?? "", `${path}.path`));
  if (file.fieldRef !== undefined) {
    errors.push(...validateFieldReference(file.fieldRef, volumeFieldPaths, `${path}.fieldRef`));
    if (file.resourceFieldRef !== undefined) {
      errors.push(invalid(path, "resource", "fieldRef and resourceFieldRef can not be specified simultaneously"));
    }
  } else if (file.resourceFieldRef !== undefined) {
    errors.push(...validateResourceReference(file.resourceFieldRef, true, `${path}.resourceFieldRef`));
  } else errors.push(required(path, "one of fieldRef and resourceFieldRef is required"));
  return [...errors, ...fileMode(file.mode, `${path}.mode`), ...idRange(file.user, `${path}.user`)];
}
