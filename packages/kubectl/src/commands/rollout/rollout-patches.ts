import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import { failure } from "../../command-error.ts";
import type { Flag } from "../../flags/flag.ts";
import { printFlags } from "../../flags/global-flags.ts";
import { objectPrinter } from "../../output/object-printer.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { patchObjects } from "../patch-objects.ts";
import { rolloutFlags, rolloutResources } from "./rollout-resources.ts";

const flags: readonly Flag[] = [...rolloutFlags, ...printFlags, { name: "field-manager", kind: "string" }];

/** What a command does to each object, and how it tells of it. */
interface RolloutChange {
  readonly done: string;
  readonly change: (object: PlainObject, call: CommandRun) => PlainObject;
  /** @throws CommandError for an object that is so already */
  readonly unchanged: (info: ResourceInfo) => void;
}

/** `kubectl rollout pause` (pkg/cmd/rollout/rollout_pause.go). */
export const rolloutPause: Command = {
  name: "pause",
  short: "Mark the provided resource as paused",
  flags,
  run: (call) =>
    changeAll(call, {
      done: "paused",
      change: (object) => {
        if (object.kind !== "Deployment") throw failure("pausing is not supported");
        if (isPaused(object)) throw failure("is already paused");
        return { ...object, spec: { ...(object.spec as PlainObject), paused: true } };
      },
      unchanged: () => {},
    }),
};

/** `kubectl rollout resume` (pkg/cmd/rollout/rollout_resume.go). */
export const rolloutResume: Command = {
  name: "resume",
  short: "Resume a paused resource",
  flags,
  run: (call) =>
    changeAll(call, {
      done: "resumed",
      change: (object) => {
        if (object.kind !== "Deployment") throw failure("resuming is not supported");
        if (!isPaused(object)) throw failure("is not paused");
        const { paused: _, ...spec } = object.spec as PlainObject;
        return { ...object, spec };
      },
      unchanged: () => {},
    }),
};

const restartable = ["Deployment", "DaemonSet", "StatefulSet"];

/** `kubectl rollout restart` (pkg/cmd/rollout/rollout_restart.go): an annotation of the Pods' template with the time. */
export const rolloutRestart: Command = {
  name: "restart",
  short: "Restart a resource",
  flags,
  run: (call) =>
    changeAll(call, {
      done: "restarted",
      change: (object, { session }) => {
        if (!restartable.includes(String(object.kind))) throw failure("restarting is not supported");
        if (isPaused(object)) throw failure("can't restart paused deployment (run rollout resume first)");
        return withTemplateAnnotation(object, "kubectl.kubernetes.io/restartedAt", timestampOf(session.host.nowMs));
      },
      unchanged: ({ name }) => {
        throw failure(
          `failed to create patch for ${name}: if restart has already been triggered within the past second, please wait before attempting to trigger another`,
        );
      },
    }),
};

function changeAll(call: CommandRun, { done, change, unchanged }: RolloutChange): void {
  const { flags: given, session } = call;
  const { infos, error } = rolloutResources(call).infos();
  if (infos.length === 0 && error === undefined) {
    session.complain(`No resources found in ${session.namespace} namespace.`);
    return;
  }
  patchObjects(
    call,
    infos,
    {
      change: (object) => change(object, call),
      complaint: ({ type, name }, message) => `error: ${type.info.resource} ${JSON.stringify(name)} ${message}`,
      failed: "failed to patch:",
      fieldManager: "kubectl-rollout",
      unchanged,
      done: (object) => objectPrinter(session, given, done, "none")(object),
    },
    error,
  );
}

function isPaused(object: PlainObject): boolean {
  return (object.spec as { paused?: boolean } | undefined)?.paused === true;
}

function withTemplateAnnotation(object: PlainObject, key: string, value: string): PlainObject {
  const spec = object.spec as { template: { metadata?: PlainObject } & PlainObject } & PlainObject;
  const { metadata = {} } = spec.template;
  const annotations = { ...(metadata.annotations as PlainObject | undefined), [key]: value };
  return { ...object, spec: { ...spec, template: { ...spec.template, metadata: { ...metadata, annotations } } } };
}
