import { isStoredKind, kinds } from "@kubenetsim/core/apiserver/decode/kinds";
import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { ServerError } from "../../client/server-error.ts";
import { failure } from "../../command-error.ts";
import { readDryRun } from "../../flags/dry-run.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import { lastAppliedKey } from "../../resources/last-applied.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import { collectionPath, type ResourceType } from "../../resources/resource-type.ts";
import type { CommandRun } from "../command.ts";
import { type Deletion, deletionBody, readPropagation } from "../deletion.ts";

/** What is pruned unless `--prune-allowlist` says otherwise, as far as it is stored (pkg/util/prune/prune.go). */
const prunedKinds = [
  ...["ConfigMap", "Endpoints", "Pod", "Secret", "Service", "Ingress"],
  ...["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet", "Namespace"],
].filter(isStoredKind);

/** What may be deleted, and how. */
export interface PrunePlan {
  readonly types: readonly ResourceType[];
  readonly deletion: Deletion;
}

/** @throws CommandError for what `--prune-allowlist` and `--cascade` cannot mean */
export function readPrunePlan(call: CommandRun): PrunePlan {
  const { flags } = call;
  const names = flags.list("prune-allowlist");
  return {
    deletion: {
      gracePeriod: flags.number("grace-period"),
      propagation: readPropagation(call, flags.text("cascade")),
      dryRun: readDryRun(flags),
    },
    types: names.length === 0 ? prunedKinds.map((kind) => ({ kind, info: kinds[kind] })) : names.map(typeOf),
  };
}

/** `core/v1/ConfigMap`. */
function typeOf(text: string): ResourceType {
  const [given = "", version = "", kind = "", ...more] = text.split("/");
  if (text.split("/").length < 3 || more.length > 0) {
    throw failure(`invalid GroupVersionKind format: ${text}, please follow <group/version/kind>`);
  }
  const group = given === "core" ? "" : given;
  const info = isStoredKind(kind) ? kinds[kind] : undefined;
  if (!isStoredKind(kind) || info?.group !== group || info.version !== version) {
    const apiVersion = group === "" ? version : `${group}/${version}`;
    throw failure(`no matches for kind ${JSON.stringify(kind)} in version ${JSON.stringify(apiVersion)}`);
  }
  return { kind, info };
}

/** @throws CommandError */
export function checkPrune({ flags }: CommandRun): void {
  if (!flags.flag("prune")) return;
  if (flags.flag("force")) throw failure("--force cannot be used with --prune");
  if (!flags.flag("all") && flags.text("selector") === "") {
    throw failure(
      "all resources selected for prune without explicitly passing --all. To prune all resources, pass the --all flag. If you did not mean to prune all resources, specify a label selector",
    );
  }
  if (flags.flag("server-side")) {
    throw failure("--prune is in alpha and doesn't currently work on objects created by server-side apply");
  }
}

/**
 * Deletes what was applied once and is not among the objects that have been applied now (pkg/cmd/apply/prune.go): in the
 * namespaces of these objects, and outside of all.
 *
 * @throws CommandError with the server's first refusal
 */
export function prune(
  call: CommandRun,
  plan: PrunePlan,
  infos: readonly ResourceInfo[],
  applied: readonly PlainObject[],
): void {
  const { session } = call;
  const given = session.namespaceIsGiven ? [session.namespace] : [];
  const namespaces = new Set([...given, ...infos.flatMap(({ namespace }) => namespace ?? [])]);
  const pruning = {
    kept: new Set(applied.map(uidOf)),
    deletion: plan.deletion,
  };
  const [inNamespaces, outside] = [true, false].map((is) => plan.types.filter(({ info }) => info.namespaced === is));
  for (const namespace of namespaces) for (const type of inNamespaces!) pruneType(call, type, namespace, pruning);
  for (const type of outside!) pruneType(call, type, undefined, pruning);
}

interface Pruning {
  readonly kept: ReadonlySet<string | undefined>;
  readonly deletion: Deletion;
}

function pruneType(call: CommandRun, type: ResourceType, namespace: string | undefined, pruning: Pruning): void {
  const { group, version, namespaced } = type.info;
  try {
    for (const object of appliedOnce(call, type, namespace)) {
      if (!pruning.kept.has(uidOf(object))) remove(call, type, object, pruning.deletion);
    }
  } catch (reason) {
    if (!(reason instanceof ServerError)) throw reason;
    const what = `${namespaced ? "namespaced" : "nonNamespaced"} object ${group}/${version}, Kind=${type.kind}`;
    throw failure(`error pruning ${what}: ${reason.message}`);
  }
}

function appliedOnce({ flags, session }: CommandRun, type: ResourceType, namespace: string | undefined): PlainObject[] {
  const query = { labelSelector: flags.text("selector") || undefined };
  const { items } = session.client.ask("GET", collectionPath(type, namespace), { query });
  return (items as readonly PlainObject[])
    .map((item): PlainObject => ({ apiVersion: type.info.apiVersion, kind: type.kind, ...item }))
    .filter(({ metadata }) => {
      const { annotations = {} } = metadata as unknown as { annotations?: Readonly<Record<string, string>> };
      return annotations[lastAppliedKey] !== undefined;
    });
}

function remove({ flags, session }: CommandRun, type: ResourceType, object: PlainObject, deletion: Deletion): void {
  const { name, namespace } = object.metadata as { name: string; namespace?: string };
  if (deletion.dryRun !== "client") {
    const path = `${collectionPath(type, namespace)}/${name}`;
    session.client.ask("DELETE", path, { body: deletionBody(deletion) });
  }
  objectPrinter(session, flags, "pruned", deletion.dryRun)(object);
}

function uidOf({ metadata }: PlainObject): string | undefined {
  return (metadata as { uid?: string }).uid;
}
