import type { ApiObject } from "../../model/api-object.ts";
import { infoOf } from "../decode/kinds.ts";
import type { Draft } from "../draft.ts";
import { goObject } from "../rest/object-body.ts";
import { decodeManagers, encodeManagers, type Managers } from "./managers.ts";
import { ownersAfterUpdate, type Writer } from "./ownership.ts";

/**
 * Writes into a draft, whose defaults stand, who owns its fields after a create or an update by `writer`
 * (apimachinery pkg/util/managedfields, FieldManager.Update). An object that nobody owned anything of stays so.
 *
 * @param live the stored object; undefined for a new one
 */
export function trackUpdate(draft: Draft<ApiObject>, live: ApiObject | undefined, writer: Writer): void {
  const managers = managersOf(draft, live, writer);
  if (managers.size === 0 && live !== undefined) {
    setManagers(draft, managers);
    return;
  }
  const { struct } = infoOf(writer.kind);
  const before = goObject(live ?? {}, struct, false);
  setManagers(draft, ownersAfterUpdate(before, goObject(draft, struct, true), managers, writer));
}

export function setManagers(draft: Draft<ApiObject>, managers: Managers): void {
  const entries = encodeManagers(managers);
  if (entries === undefined) delete draft.metadata.managedFields;
  else draft.metadata.managedFields = entries as unknown[];
}

/** What the write itself says of managers counts, else what is stored; an empty list forgets all. */
function managersOf(draft: Draft<ApiObject>, live: ApiObject | undefined, { subresource }: Writer): Managers {
  const given = draft.metadata.managedFields as readonly object[] | undefined;
  if (subresource === undefined && given !== undefined) {
    const isReset = given.length === 0 || (given.length === 1 && Object.keys(given[0]!).length === 0);
    if (isReset) return new Map();
    const managers = decodeManagers(given);
    if (managers !== undefined && managers.size > 0) return managers;
  }
  return decodeManagers(live?.metadata.managedFields) ?? new Map();
}
