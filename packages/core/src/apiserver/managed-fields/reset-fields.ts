import type { Kind } from "../../model/api-object.ts";
import { type BodyKind, isStoredKind, kinds, type Subresource } from "../decode/kinds.ts";
import { FieldSet } from "./field-set.ts";

const more: { readonly [K in Kind]?: readonly (readonly string[])[] } = {
  Pod: [
    ["f:metadata", "f:deletionTimestamp"],
    ["f:metadata", "f:ownerReferences"],
  ],
  Deployment: [["f:metadata", "f:labels"]],
  ServiceCIDR: [["f:metadata"]],
};

/** What a write through a resource cannot set, so that nobody owns it by that (the strategies' GetResetFields). */
export function resetFields(kind: BodyKind, subresource: Subresource | undefined): FieldSet {
  if (!isStoredKind(kind) || !kinds[kind].subresources.includes("status")) return new FieldSet();
  if (subresource === "status") return FieldSet.of([["f:spec"], ...(more[kind] ?? [])]);
  return FieldSet.of([["f:status"]]);
}
