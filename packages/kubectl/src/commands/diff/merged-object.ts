import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { writeQuery } from "../../client/write-query.ts";
import { sortedKeys, structJson } from "../../output/json.ts";
import { lastAppliedKey } from "../../resources/last-applied.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import { applyPatch } from "../apply/apply-patch.ts";
import type { CommandRun } from "../command.ts";

/** An object as it would be if its manifest were applied: the server tries it out (pkg/cmd/diff, InfoObject.Merged). @throws ServerError */
export function mergedObject(
  { flags, session }: CommandRun,
  info: ResourceInfo,
  live: PlainObject | undefined,
): PlainObject {
  const serverSide = flags.flag("server-side");
  const fieldManager = flags.text("field-manager") || (serverSide ? "kubectl" : "kubectl-client-side-apply");
  const query = writeQuery({
    fieldManager,
    dryRun: "server",
    ...(serverSide && { force: flags.flag("force-conflicts") }),
  });
  if (serverSide) {
    const body = structJson(sortedKeys(info.object!));
    return session.client.ask("PATCH", objectPath(info), { body, contentType: "application/apply-patch+yaml", query });
  }
  if (live === undefined) {
    return session.client.ask("POST", info.collection, { body: JSON.stringify(info.object), query });
  }
  const patch = applyPatch(info.type, withoutLastApplied(info.object!), live);
  if (Object.keys(patch).length === 0) return live;
  const { resourceVersion } = live.metadata as { resourceVersion: string };
  const versioned = { ...patch, metadata: { ...(patch.metadata as PlainObject | undefined), resourceVersion } };
  return session.client.ask("PATCH", objectPath(info), {
    body: structJson(sortedKeys(versioned as Plain)),
    contentType: "application/strategic-merge-patch+json",
    query,
  });
}

/** What was applied is compared without the note of it (pkg/util/apply.go, GetModifiedConfiguration). */
function withoutLastApplied(object: PlainObject): PlainObject {
  const metadata = (object.metadata ?? {}) as PlainObject;
  const { [lastAppliedKey]: _, ...annotations } = (metadata.annotations ?? {}) as PlainObject;
  return { ...object, metadata: { ...metadata, annotations } };
}
