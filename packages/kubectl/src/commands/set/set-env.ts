import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { failure } from "../../command-error.ts";
import type { Flag, FlagValues } from "../../flags/flag.ts";
import { namesFiles } from "../../resources/file-flags.ts";
import type { ResourceInfo } from "../../resources/resource-info.ts";
import type { Command, CommandRun } from "../command.ts";
import { variableNameErrors } from "../create/env-file.ts";
import { type ContainerFields, changeContainers, changePodSpec } from "./pod-template.ts";
import { checkLocal, setAll, setFlags, setInfos, setPrinter } from "./set-objects.ts";

const flags: readonly Flag[] = [
  ...setFlags,
  { name: "containers", short: "c", kind: "string", initial: "*" },
  { name: "env", short: "e", kind: "stringArray" },
  { name: "from", kind: "string" },
  { name: "list", kind: "bool" },
  { name: "overwrite", kind: "bool", initial: "true" },
  { name: "prefix", kind: "string" },
];

/** `kubectl set env` (pkg/cmd/set/set_env.go). */
export const setEnv: Command = { name: "env", short: "Update environment variables on a pod template", flags, run };

interface Variable extends PlainObject {
  readonly name: string;
  readonly value?: string;
}

interface Variables {
  readonly set: readonly Variable[];
  readonly removed: readonly string[];
}

function run(call: CommandRun): void {
  const { flags: given } = call;
  if (given.flag("all") && given.text("selector") !== "") {
    throw failure("cannot set --all and --selector at the same time");
  }
  if (given.text("from") !== "") throw failure("set env --from is not modelled; give the variables as KEY=VALUE");
  const { resources, words } = splitWords(call.args);
  const print = setPrinter(call, "env updated");
  checkLocal(call);
  if (resources.length === 0 && !namesFiles(given)) {
    throw failure("one or more resources must be specified as <resource> <name> or <resource>/<name>");
  }
  if (given.flag("list") && given.text("output") !== "") {
    throw failure("--list and --output may not be specified together");
  }
  const variables = readVariables([...given.list("env"), ...words], given.text("prefix"));
  const infos = setInfos(call, resources);
  if (given.flag("list")) for (const info of infos) listVariables(call, info, variables);
  else {
    const setting = {
      done: "env updated",
      failed: "failed to patch env update to pod template:",
      change: (object: PlainObject) => changed(object, variables, call),
    };
    setAll(call, infos, setting, print);
  }
}

function splitWords(args: readonly string[]): { resources: readonly string[]; words: readonly string[] } {
  const isVariable = (word: string): boolean => /^.+=.*$/s.test(word) || word.endsWith("-");
  const first = args.findIndex(isVariable);
  if (first < 0) return { resources: args, words: [] };
  if (!args.slice(first).every(isVariable)) {
    throw failure(`all resources must be specified before environment changes: ${args.join(" ")}`);
  }
  return { resources: args.slice(0, first), words: args.slice(first) };
}

function readVariables(words: readonly string[], prefix: string): Variables {
  const set: Variable[] = [];
  const removed: string[] = [];
  for (const word of words) {
    const at = word.indexOf("=");
    if (at >= 0) {
      const name = word.slice(0, at);
      const complaints = variableNameErrors(name);
      if (complaints.length > 0) {
        throw failure(`${JSON.stringify(name)} is not a valid key name: ${complaints.join(";")}`);
      }
      const value = word.slice(at + 1);
      set.push({ name, ...(value === "" ? {} : { value }) });
    } else if (word === "-") throw failure("set env - is not modelled; give the variables as KEY=VALUE");
    else if (word.endsWith("-")) removed.push(word.slice(0, -1));
    else throw failure(`unknown environment variable: ${word}`);
  }
  if (removed.some((name) => set.some((one) => one.name === name))) {
    throw failure("can not both modify and remove the same environment variable in the same command");
  }
  return { set: set.map((one) => ({ ...one, name: prefix + one.name })), removed };
}

/** A name as `-c` selects it: `*` stands for anything, though in no regular way (pkg/cmd/set/helper.go, selectString). */
function selects(flags: FlagValues, { name }: ContainerFields): boolean {
  const pattern = flags.text("containers");
  if (pattern === "*") return true;
  if (!pattern.includes("*")) return name === pattern;
  const parts = pattern.split("*");
  let from = 0;
  for (const [i, part] of parts.entries()) {
    if (part === "") continue;
    const next = name.slice(from).indexOf(part);
    const isLast = i === parts.length - 1;
    if (next < from || (i === 0 && from !== 0) || (isLast && name.length !== part.length + next)) return false;
    from = next;
  }
  return true;
}

function changed(object: PlainObject, variables: Variables, { flags: given, session }: CommandRun): PlainObject {
  let count = 0;
  const after = changePodSpec(object, (spec) =>
    changeContainers(spec, (container) => {
      if (!selects(given, container)) return container;
      count++;
      return withVariables(container, variables, given);
    }),
  );
  if (count === 0) {
    const { name } = object.metadata as { name: string };
    session.complain(
      `Warning: ${String(object.kind)}/${name} does not have any containers matching ${JSON.stringify(given.text("containers"))}`,
    );
  }
  return after;
}

function withVariables(container: ContainerFields, { set, removed }: Variables, given: FlagValues): ContainerFields {
  const before = (container.env ?? []) as readonly Variable[];
  if (!given.flag("overwrite")) {
    const taken = set.find(({ name, value }) => before.some((one) => one.name === name && one.value !== value));
    const old = before.find(({ name }) => name === taken?.name);
    if (old !== undefined) {
      throw failure(`'${old.name}' already has a value (${old.value ?? ""}), and --overwrite is false`);
    }
  }
  const env = updated(before, set, removed);
  const { env: _, ...rest } = container;
  return (env.length === 0 ? rest : { ...rest, env }) as ContainerFields;
}

/** One of a name that is given twice counts, the first one (pkg/cmd/set/helper.go, updateEnv). */
function updated(before: readonly Variable[], set: readonly Variable[], removed: readonly string[]): Variable[] {
  const covered = new Set(removed);
  const after: Variable[] = [];
  for (const one of before) {
    if (covered.has(one.name)) continue;
    const newer = set.find(({ name }) => name === one.name);
    if (newer !== undefined) covered.add(one.name);
    after.push(newer ?? one);
  }
  for (const one of set) {
    if (covered.has(one.name)) continue;
    covered.add(one.name);
    after.push(one);
  }
  return after;
}

function listVariables({ flags: given, session }: CommandRun, { object }: ResourceInfo, variables: Variables): void {
  const { name } = object!.metadata as { name: string };
  changePodSpec(object!, (spec) => {
    for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
      if (!selects(given, container)) continue;
      session.say(`# ${String(object!.kind)} ${name}, container ${container.name}`);
      for (const one of (withVariables(container, variables, given).env ?? []) as readonly Variable[]) {
        if (one.valueFrom === undefined) session.say(`${one.name}=${one.value ?? ""}`);
        else session.say(`# ${one.name} from ${referenceText(one.valueFrom as PlainObject)}`);
      }
    }
    return spec;
  });
}

/** pkg/cmd/set/env, GetEnvVarRefString. */
function referenceText(from: PlainObject): string {
  const { configMapKeyRef, secretKeyRef, fieldRef, resourceFieldRef } = from as Record<string, Record<string, string>>;
  if (configMapKeyRef !== undefined) return `configmap ${configMapKeyRef.name}, key ${configMapKeyRef.key}`;
  if (secretKeyRef !== undefined) return `secret ${secretKeyRef.name}, key ${secretKeyRef.key}`;
  if (fieldRef !== undefined) return `field path ${fieldRef.fieldPath}`;
  const container = resourceFieldRef?.containerName ?? "";
  return `resource field ${container === "" ? "" : `${container}/`}${resourceFieldRef?.resource ?? ""}`;
}
