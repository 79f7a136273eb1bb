import { FieldSet } from "./field-set.ts";
import { type Manager, type Managers, managerId } from "./managers.ts";

// Who owns the replicas of a workload owns those of its scale, and the other way round (apimachinery
// pkg/util/managedfields/scalehandler.go).

const replicas = FieldSet.of([["f:spec", "f:replicas"]]);
const scaleVersion = "autoscaling/v1";

/** The managers of a workload's scale. */
export function scaleManagers(parent: Managers): Managers {
  const owners = [...parent.values()].filter(ownsReplicas);
  return new Map(owners.map((one) => withId({ ...one, apiVersion: scaleVersion, fields: replicas })));
}

/**
 * The managers of a workload whose scale is written: who is no owner of the replicas any more loses them. Owners by a scale
 * have no time.
 *
 * @param apiVersion the workload's
 */
export function parentManagers(parent: Managers, scale: Managers, apiVersion: string): Managers {
  const owners = new Map([...scale].filter(([, one]) => ownsReplicas(one)));
  const result: Managers = new Map();
  for (const [id, one] of parent) {
    const stays = !ownsReplicas(one) || owners.delete(id);
    const fields = stays ? one.fields : one.fields.difference(replicas);
    if (!fields.isEmpty) result.set(id, { ...one, fields });
  }
  for (const [id, one] of owners) result.set(id, { ...one, apiVersion, fields: replicas, time: parent.get(id)?.time });
  return result;
}

function ownsReplicas({ fields }: Manager): boolean {
  return !fields.intersection(replicas).isEmpty;
}

function withId(manager: Manager): [string, Manager] {
  return [managerId(manager), manager];
}
