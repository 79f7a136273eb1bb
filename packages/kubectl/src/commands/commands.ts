import { annotate } from "./annotate.ts";
import { apply } from "./apply/apply.ts";
import type { Command } from "./command.ts";
import { create } from "./create/create.ts";
import { deleteCommand } from "./delete.ts";
import { describe } from "./describe/describe.ts";
import { diff } from "./diff/diff.ts";
import { edit } from "./edit.ts";
import { explain } from "./explain/explain.ts";
import { expose } from "./expose.ts";
import { get } from "./get/get.ts";
import { label } from "./label.ts";
import { logs } from "./logs.ts";
import { cordon, uncordon } from "./nodes/cordon.ts";
import { drain } from "./nodes/drain.ts";
import { taint } from "./nodes/taint.ts";
import { options } from "./options.ts";
import { patch } from "./patch.ts";
import { replace } from "./replace.ts";
import { rollout } from "./rollout/rollout.ts";
import { runPod } from "./run.ts";
import { scale } from "./scale.ts";
import { apiResources } from "./server/api-resources.ts";
import { apiVersions } from "./server/api-versions.ts";
import { clusterInfo } from "./server/cluster-info.ts";
import { version } from "./server/version.ts";
import { set } from "./set/set.ts";
import { wait } from "./wait/wait.ts";

/** Every command that there is. */
export const commands: readonly Command[] = [
  annotate,
  apiResources,
  apiVersions,
  apply,
  clusterInfo,
  cordon,
  create,
  deleteCommand,
  describe,
  diff,
  drain,
  edit,
  explain,
  expose,
  get,
  label,
  logs,
  options,
  patch,
  replace,
  rollout,
  runPod,
  scale,
  set,
  taint,
  uncordon,
  version,
  wait,
];
