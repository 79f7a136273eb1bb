import { FieldSet } from "./field-set.ts";
import { decodeFields, encodeFields, type FieldsV1 } from "./fields-v1.ts";

/** `metav1.ManagedFieldsEntry`. */
export interface ManagedFieldsEntry {
  readonly manager?: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  /** RFC 3339. */
  readonly time?: string;
  readonly fieldsType: "FieldsV1";
  readonly fieldsV1?: FieldsV1;
  readonly subresource?: string;
}

/** Who owns which fields of an object. */
export interface Manager {
  readonly manager: string;
  readonly operation: "Apply" | "Update";
  readonly apiVersion: string;
  readonly subresource: string;
  readonly time: string | undefined;
  readonly fields: FieldSet;
}

/** By their identifiers: an applier is the same whatever version it applies. */
export type Managers = Map<string, Manager>;

export function managerId({
  manager,
  operation,
  apiVersion,
  subresource,
}: Pick<Manager, "manager" | "operation" | "apiVersion" | "subresource">): string {
  return JSON.stringify([manager, operation, operation === "Apply" ? "" : apiVersion, subresource]);
}

/** Undefined when an entry is none; the API server takes it for no entries then. */
export function decodeManagers(entries: readonly unknown[] | undefined): Managers | undefined {
  const managers: Managers = new Map();
  for (const entry of (entries ?? []) as readonly ManagedFieldsEntry[]) {
    const { operation, apiVersion, fieldsType } = entry;
    if ((operation !== "Apply" && operation !== "Update") || !apiVersion || fieldsType !== "FieldsV1") return undefined;
    const manager: Manager = {
      manager: entry.manager ?? "",
      operation,
      apiVersion,
      subresource: entry.subresource ?? "",
      time: entry.time,
      fields: entry.fieldsV1 === undefined ? new FieldSet() : decodeFields(entry.fieldsV1),
    };
    managers.set(managerId(manager), manager);
  }
  return managers;
}

/** Appliers first, then by time and name. Undefined for nobody. */
export function encodeManagers(managers: Managers): readonly ManagedFieldsEntry[] | undefined {
  if (managers.size === 0) return undefined;
  return [...managers.values()].sort(compareManagers).map((one) => ({
    manager: one.manager,
    operation: one.operation,
    apiVersion: one.apiVersion,
    ...(one.time === undefined ? {} : { time: one.time }),
    fieldsType: "FieldsV1",
    fieldsV1: encodeFields(one.fields),
    ...(one.subresource === "" ? {} : { subresource: one.subresource }),
  }));
}

function compareManagers(a: Manager, b: Manager): number {
  const keys = (one: Manager): readonly string[] => [
    one.operation,
    one.time ?? "",
    one.manager,
    one.apiVersion,
    one.subresource,
  ];
  const [left, right] = [keys(a), keys(b)];
  const at = left.findIndex((text, i) => text !== right[i]);
  return at < 0 ? 0 : left[at]! < right[at]! ? -1 : 1;
}
