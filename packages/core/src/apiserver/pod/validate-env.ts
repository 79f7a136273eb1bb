import { type FieldError, invalid, invalidEach, notFound, required } from "../validate/field-error.ts";
import { configMapKey, dnsLabel, dnsSubdomain } from "../validate/names.ts";
import { envFieldPaths, validateFieldReference, validateResourceReference } from "./downward-api.ts";
import { noBacksteps } from "./file-paths.ts";
import type { EnvFrom, EnvVar, FullContainer, KeyReference, Volume } from "./pod-fields.ts";

/** Environment variables (ValidateEnv). */
export function validateEnv(variables: readonly EnvVar[], path: string): FieldError[] {
  return variables.flatMap((variable, i) => {
    const at = `${path}[${i}].name`;
    const { name = "" } = variable;
    const errors = name === "" ? [required(at)] : invalidEach(at, name, variableName(name));
    return [...errors, ...sourceErrors(variable, `${path}[${i}].valueFrom`)];
  });
}

function variableName(name: string): string[] {
  return /^[ -<>-~]*$/.test(name)
    ? []
    : ["a valid environment variable name must consist only of printable ASCII characters other than '='"];
}

function sourceErrors({ value, valueFrom }: EnvVar, path: string): FieldError[] {
  if (valueFrom === undefined) return [];
  const { fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef } = valueFrom;
  const errors: FieldError[] = [];
  if (fieldRef !== undefined) errors.push(...validateFieldReference(fieldRef, envFieldPaths, `${path}.fieldRef`));
  if (resourceFieldRef !== undefined) {
    errors.push(...validateResourceReference(resourceFieldRef, false, `${path}.resourceFieldRef`));
  }
  if (configMapKeyRef !== undefined) errors.push(...keyErrors(configMapKeyRef, `${path}.configMapKeyRef`));
  if (secretKeyRef !== undefined) errors.push(...keyErrors(secretKeyRef, `${path}.secretKeyRef`));
  if (fileKeyRef !== undefined) errors.push(...fileKeyErrors(fileKeyRef, `${path}.fileKeyRef`));
  const given = [fieldRef, resourceFieldRef, configMapKeyRef, secretKeyRef, fileKeyRef];
  const count = given.filter((source) => source !== undefined).length;
  if (count === 0) {
    const fields = "`fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`";
    errors.push(invalid(path, "", `must specify one of: ${fields}`));
  } else if (value) errors.push(invalid(path, "", "may not be specified when `value` is not empty"));
  else if (count > 1) errors.push(invalid(path, "", "may not have more than one field specified at a time"));
  return errors;
}

function keyErrors({ name = "", key = "" }: KeyReference, path: string): FieldError[] {
  const errors = invalidEach(`${path}.name`, name, dnsSubdomain(name));
  if (key === "") return [...errors, required(`${path}.key`)];
  return [...errors, ...invalidEach(`${path}.key`, key, configMapKey(key))];
}

function fileKeyErrors(
  { key, volumeName, path: file }: { readonly key?: string; readonly volumeName?: string; readonly path?: string },
  path: string,
): FieldError[] {
  return [
    ...(key ? invalidEach(`${path}.key`, key, variableName(key)) : [required(`${path}.key`)]),
    ...(volumeName
      ? invalidEach(`${path}.volumeName`, volumeName, dnsLabel(volumeName))
      : [required(`${path}.volumeName`)]),
    ...(file ? noBacksteps(file, `${path}.path`) : [required(`${path}.path`)]),
  ];
}

/** Whole ConfigMaps and Secrets as variables (ValidateEnvFrom). */
export function validateEnvFrom(sources: readonly EnvFrom[], path: string): FieldError[] {
  return sources.flatMap(({ prefix, configMapRef, secretRef }, i) => {
    const at = `${path}[${i}]`;
    const errors = prefix ? invalidEach(`${at}.prefix`, prefix, variableName(prefix)) : [];
    if (configMapRef !== undefined) errors.push(...nameErrors(configMapRef.name, `${at}.configMapRef.name`));
    if (secretRef !== undefined) errors.push(...nameErrors(secretRef.name, `${at}.secretRef.name`));
    // What is wrong with the choice is said of the list.
    if (configMapRef === undefined && secretRef === undefined) {
      errors.push(invalid(path, "", "must specify one of: `configMapRef` or `secretRef`"));
    } else if (configMapRef !== undefined && secretRef !== undefined) {
      errors.push(invalid(path, "", "may not have more than one field specified at a time"));
    }
    return errors;
  });
}

function nameErrors(name: string | undefined, path: string): FieldError[] {
  // A name of which only the beginning is known may end in a dash (ValidateConfigMapName with prefix).
  return name ? invalidEach(path, name, dnsSubdomain(name.replace(/-$/, "a"))) : [required(path)];
}

/** Variables out of files: the files stand in an emptyDir (validateFileKeyRefVolumes). */
export function validateFileVolumes(
  containers: readonly FullContainer[],
  volumes: readonly Volume[],
  path: string,
): FieldError[] {
  return containers.flatMap(({ env }, i) =>
    (env ?? []).flatMap(({ valueFrom }, j) => {
      const name = valueFrom?.fileKeyRef?.volumeName ?? "";
      if (valueFrom?.fileKeyRef === undefined) return [];
      const at = `${path}[${i}].env[${j}].valueFrom.fileKeyRef.volumeName`;
      const volume = volumes.findLast((one) => (one.name ?? "") === name);
      if (volume === undefined) return [notFound(at, name)];
      return volume.emptyDir === undefined ? [invalid(at, name, "referenced volume must be of type emptyDir")] : [];
    }),
  );
}
