import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { jsonTypeOf } from "@kubenetsim/core/apiserver/patch/go-text";
import { applyJsonPatch, JsonPatchFailure, type Operation } from "@kubenetsim/core/apiserver/patch/json-patch";
import { applyMergePatch } from "@kubenetsim/core/apiserver/patch/merge-patch";
import { StrategicFailure } from "@kubenetsim/core/apiserver/patch/strategic/strategic-failure";
import { applyStrategicPatch } from "@kubenetsim/core/apiserver/patch/strategic/strategic-patch";
import { jsonSyntaxError } from "@kubenetsim/core/apiserver/rest/go-json-syntax";
import { failure } from "../command-error.ts";
import type { ResourceType } from "../resources/resource-type.ts";

/**
 * An object with a patch, as kubectl computes it without the server: fields are not looked at (pkg/cmd/patch, getPatchedJSON).
 *
 * @param text JSON
 * @throws CommandError in the words of the libraries that it uses
 */
export function patchedHere(before: PlainObject, text: string, patchType: string, type: ResourceType): PlainObject {
  const object = JSON.parse(JSON.stringify(before)) as Record<string, unknown>;
  try {
    if (patchType === "json") return applyJsonPatch(object, readOperations(text), new Set()) as PlainObject;
    if (patchType === "merge") {
      applyMergePatch(object, readMergePatch(text), new Set());
      return object as PlainObject;
    }
    return applyStrategicPatch(object, readStrategicPatch(text), type.info.struct) as PlainObject;
  } catch (reason) {
    if (reason instanceof StrategicFailure) throw failure(reason.message);
    if (reason instanceof JsonPatchFailure) throw failure("the patch does not apply to the object");
    throw reason;
  }
}

function readOperations(text: string): Operation[] {
  const list = parsed(text, jsonSyntaxError(text)) ?? [];
  if (!Array.isArray(list)) {
    throw failure(`json: cannot unmarshal ${jsonTypeOf(list)} into Go value of type jsonpatch.Patch`);
  }
  const other = list.find((one) => typeof one !== "object" || Array.isArray(one));
  if (other !== undefined) {
    throw failure(`json: cannot unmarshal ${jsonTypeOf(other)} into Go value of type jsonpatch.Operation`);
  }
  return list.map((one) => one ?? {});
}

function readMergePatch(text: string): PlainObject {
  const value = parsed(text, "Invalid JSON Patch");
  if (Array.isArray(value)) {
    throw failure("json: cannot unmarshal array into Go value of type unstructured.detector");
  }
  if (typeof value !== "object" || value === null) throw failure("Invalid JSON Patch");
  return value as PlainObject;
}

function readStrategicPatch(text: string): Record<string, unknown> {
  const value = parsed(text, "invalid JSON document") ?? {};
  if (typeof value !== "object" || Array.isArray(value)) throw failure("invalid JSON document");
  return value as Record<string, unknown>;
}

function parsed(text: string, problem: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw failure(problem);
  }
}
