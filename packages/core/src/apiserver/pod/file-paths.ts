import { type FieldError, invalid, required } from "../validate/field-error.ts";
import type { KeyToPath } from "./pod-fields.ts";

/** The greatest number that a user or a group may have. */
const maxId = 2 ** 31 - 1;

/** A user's or a group's number; none is well. */
export function idRange(id: number | undefined, path: string): FieldError[] {
  if (id === undefined || (id >= 0 && id <= maxId)) return [];
  return [invalid(path, id, `must be between 0 and ${maxId}, inclusive`)];
}

/** Who may read and write a file; none is well. */
export function fileMode(mode: number | undefined, path: string): FieldError[] {
  if (mode === undefined || (mode >= 0 && mode <= 0o777)) return [];
  return [invalid(path, mode, "must be a number between 0 and 0777 (octal), both inclusive")];
}

/** One entry of a Secret or a ConfigMap, and the file that it becomes. */
export function keyToPath({ key, path: file = "", mode, user }: KeyToPath, path: string): FieldError[] {
  return [
    ...(key ? [] : [required(`${path}.key`)]),
    ...(file ? [] : [required(`${path}.path`)]),
    ...localPath(file, `${path}.path`),
    ...fileMode(mode, `${path}.mode`),
    ...idRange(user, `${path}.user`),
  ];
}

/** A path below the volume that begins with nothing of the kubelet's own (ValidateLocalNonReservedPath). */
export function localPath(file: string, path: string): FieldError[] {
  const errors = descendingPath(file, path);
  if (file.startsWith("..") && !file.startsWith("../")) {
    errors.push(invalid(path, file, "must not start with '..'"));
  }
  return errors;
}

/** A path that leads down. */
export function descendingPath(file: string, path: string): FieldError[] {
  const errors = file.startsWith("/") ? [invalid(path, file, "must be a relative path")] : [];
  return [...errors, ...noBacksteps(file, path)];
}

export function noBacksteps(file: string, path: string): FieldError[] {
  return file.split("/").includes("..") ? [invalid(path, file, "must not contain '..'")] : [];
}
