import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { StrategicFailure } from "@kubenetsim/core/apiserver/patch/strategic/strategic-failure";
import { threeWayPatch } from "@kubenetsim/core/apiserver/patch/strategic/strategic-patch";
import { failure } from "../../command-error.ts";
import { sortedKeys, structJson } from "../../output/json.ts";
import { lastApplied } from "../../resources/last-applied.ts";
import type { ResourceType } from "../../resources/resource-type.ts";

/**
 * What has changed in a manifest since it was applied the last time, as a patch of what there is now (pkg/cmd/apply,
 * Patcher).
 *
 * @throws CommandError
 */
export function applyPatch(type: ResourceType, modified: PlainObject, current: PlainObject): Record<string, unknown> {
  const original = (lastApplied(current) ?? {}) as Record<string, unknown>;
  try {
    return threeWayPatch(
      original,
      modified as Record<string, unknown>,
      current as Record<string, unknown>,
      type.info.struct,
    );
  } catch (reason) {
    if (!(reason instanceof StrategicFailure)) throw reason;
    const [a, b, c] = [original, modified, current].map((one) => structJson(sortedKeys(one as Plain)));
    throw failure(`creating patch with:\noriginal:\n${a}\nmodified:\n${b}\ncurrent:\n${c}\nfor: ${reason.message}`);
  }
}
