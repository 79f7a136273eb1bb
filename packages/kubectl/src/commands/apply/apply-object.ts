import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { applyStrategicPatch } from "@kubenetsim/core/apiserver/patch/strategic/strategic-patch";
import { isNotFound, ServerError } from "../../client/server-error.ts";
import { writeQuery } from "../../client/write-query.ts";
import { failure } from "../../command-error.ts";
import { readDryRun, readValidation } from "../../flags/dry-run.ts";
import { sortedKeys, structJson } from "../../output/json.ts";
import { lastApplied, lastAppliedKey, withLastApplied } from "../../resources/last-applied.ts";
import { objectPath, type ResourceInfo } from "../../resources/resource-info.ts";
import { retrieved } from "../../resources/resource-requests.ts";
import type { CommandRun } from "../command.ts";
import type { AppliedObject } from "./apply.ts";
import { applyPatch } from "./apply-patch.ts";

/** Creates an object, or patches it by what has changed since it was applied the last time. */
export function applyObject(call: CommandRun, given: ResourceInfo): AppliedObject {
  const modified = withLastApplied(given.object!);
  const current = currentOf(call, given);
  if (current === undefined) return { object: create(call, given, modified), outcome: "created" };
  if (lastApplied(current) === undefined) warnOfMissing(call, given);
  const patch = applyPatch(given.type, modified, current);
  const text = structJson(sortedKeys(patch as Plain));
  if (text === "{}") return { object: told(call, current), outcome: "unchanged" };
  if (readDryRun(call.flags) === "client") {
    const object = applyStrategicPatch(current as Record<string, unknown>, patch, given.type.info.struct);
    return { object: told(call, object as PlainObject), outcome: "configured" };
  }
  return { object: told(call, send(call, given, text)), outcome: "configured" };
}

function currentOf({ session }: CommandRun, given: ResourceInfo): PlainObject | undefined {
  const { name } = given;
  const source = given.source!;
  const doing = `retrieving current configuration of:\n${described(given)}\nfrom server for:`;
  if (name === "") {
    const generated = (given.object!.metadata as PlainObject).generateName;
    if (typeof generated === "string") throw failure(`from ${generated}: cannot use generate name with apply`);
    throw failure(`error when ${doing} ${JSON.stringify(source)}: resource name may not be empty`);
  }
  try {
    return retrieved(session, given).object;
  } catch (reason) {
    if (isNotFound(reason)) return undefined;
    throw reason instanceof ServerError ? reason.when(doing, source) : reason;
  }
}

function create({ flags, session }: CommandRun, given: ResourceInfo, modified: PlainObject): PlainObject {
  const object = withoutNulls(modified) as PlainObject;
  const dryRun = readDryRun(flags);
  if (dryRun === "client") return object;
  const query = writeQuery({ fieldManager: managerOf(flags), dryRun, fieldValidation: readValidation(flags) });
  try {
    return session.client.ask("POST", given.collection, { body: JSON.stringify(object), query });
  } catch (reason) {
    throw reason instanceof ServerError ? reason.when("creating", given.source!) : reason;
  }
}

function send({ flags, session }: CommandRun, given: ResourceInfo, body: string): PlainObject {
  const query = writeQuery({
    fieldManager: managerOf(flags),
    dryRun: readDryRun(flags),
    fieldValidation: readValidation(flags),
  });
  const contentType = "application/strategic-merge-patch+json";
  try {
    return session.client.ask("PATCH", objectPath(given), { body, contentType, query });
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    const doing = `applying patch:\n${body}\nto:\n${described(given)}\nfor:`;
    throw reason.when("patching", given.source!).when(doing, given.source!);
  }
}

function managerOf(flags: CommandRun["flags"]): string {
  return flags.text("field-manager") || "kubectl-client-side-apply";
}

function warnOfMissing({ session }: CommandRun, { type, name }: ResourceInfo): void {
  session.complain(
    `Warning: resource ${type.info.plural}/${name} is missing the ${lastAppliedKey} annotation which is required by kubectl apply. kubectl apply should only be used on resources created declaratively by either kubectl create --save-config or kubectl apply. The missing annotation will be patched automatically.`,
  );
}

/** With a word of warning where it is being deleted. */
function told({ session }: CommandRun, object: PlainObject): PlainObject {
  const { name, deletionTimestamp } = object.metadata as { name: string; deletionTimestamp?: string };
  if (deletionTimestamp !== undefined) {
    session.complain(`Warning: Detected changes to resource ${name} which is currently being deleted.`);
  }
  return object;
}

/** As cli-runtime's resource.Info prints itself. */
function described({ type, name, namespace }: ResourceInfo): string {
  const { group, version, plural } = type.info;
  return [
    `Resource: "${group}/${version}, Resource=${plural}", GroupVersionKind: "${group}/${version}, Kind=${type.kind}"`,
    `Name: ${JSON.stringify(name)}, Namespace: ${JSON.stringify(namespace ?? "")}`,
  ].join("\n");
}

/** Of objects; a null in a list stays. */
function withoutNulls(value: Plain): Plain {
  if (Array.isArray(value)) return value.map(withoutNulls);
  if (typeof value !== "object" || value === null) return value;
  const kept = Object.entries(value as PlainObject).filter((entry) => entry[1] !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutNulls(inner)]));
}
