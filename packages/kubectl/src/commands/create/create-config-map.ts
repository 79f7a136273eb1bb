import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { printFlags, saveConfigFlag, writeFlags } from "../../flags/global-flags.ts";
import type { Command, CommandRun } from "../command.ts";
import { contentHash } from "./content-hash.ts";
import { createNamed, nameArgument, namespaceOf } from "./create-object.ts";
import {
  checkSources,
  collect,
  fileValues,
  type KeyProblems,
  literalValues,
  sourceFlags,
  variableValues,
} from "./key-values.ts";

/** `kubectl create configmap` (pkg/cmd/create/create_configmap.go). */
export const createConfigMap: Command = {
  name: "configmap",
  aliases: ["cm"],
  short: "Create a config map from a local file, directory or literal value",
  flags: [...printFlags, ...writeFlags, saveConfigFlag, ...sourceFlags],
  run,
};

function run(call: CommandRun): void {
  const name = nameArgument(call);
  const path = `/api/v1/namespaces/${call.session.namespace}/configmaps`;
  createNamed(call, () => configMapOf(call, name), path, "configmap:");
}

function configMapOf({ flags, session }: CommandRun, name: string): PlainObject {
  checkSources(flags);
  const { files } = session.host;
  const data = collect(
    [...fileValues(flags.list("from-file"), files), ...literalValues(flags), ...variableValues(flags, files, "config")],
    problemsOf(name),
  );
  const suffix = flags.flag("append-hash") ? `-${contentHash({ data, kind: "ConfigMap", name })}` : "";
  return {
    kind: "ConfigMap",
    apiVersion: "v1",
    metadata: { name: name + suffix, ...namespaceOf(session) },
    ...(Object.keys(data).length === 0 ? {} : { data }),
  };
}

function problemsOf(name: string): KeyProblems {
  return {
    invalid: (key, complaints) =>
      `${JSON.stringify(key)} is not a valid key name for a ConfigMap: ${complaints.join(",")}`,
    doubled: (key) =>
      `cannot add key ${JSON.stringify(key)}, another key by that name already exists in Data for ConfigMap ${JSON.stringify(name)}`,
  };
}
