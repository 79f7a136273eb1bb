import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import { setField } from "@kubenetsim/core/apiserver/own-field";
import { failure } from "../command-error.ts";
import { readDryRun } from "../flags/dry-run.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../flags/global-flags.ts";
import { objectPrinter } from "../output/object-printer.ts";
import type { Command, CommandRun } from "./command.ts";
import { createWith, namespaceOf } from "./create/create-object.ts";
import { imageReference } from "./image-reference.ts";
import { readLabels } from "./label-pairs.ts";
import { overridden, overrideFlags } from "./overrides.ts";

const noPrograms = "containers run no programs here, so there is nothing to be attached to";

const attaching: readonly Flag[] = [
  { name: "attach", kind: "bool", refusal: noPrograms },
  { name: "detach-keys", kind: "string", refusal: noPrograms },
  { name: "leave-stdin-open", kind: "bool", refusal: noPrograms },
  { name: "pod-running-timeout", kind: "duration", refusal: noPrograms },
  { name: "rm", kind: "bool", refusal: noPrograms },
  { name: "stdin", short: "i", kind: "bool", refusal: noPrograms },
  { name: "tty", short: "t", kind: "bool", refusal: noPrograms },
];

const flags: readonly Flag[] = [
  ...attaching,
  ...printFlags,
  ...writeFlags,
  saveConfigFlag,
  ...overrideFlags,
  { name: "annotations", kind: "stringArray" },
  { name: "command", kind: "bool" },
  { name: "env", kind: "stringArray" },
  { name: "expose", kind: "bool" },
  { name: "image", kind: "string", required: true },
  { name: "image-pull-policy", kind: "string" },
  { name: "labels", short: "l", kind: "string" },
  { name: "port", kind: "string" },
  { name: "privileged", kind: "bool" },
  { name: "quiet", short: "q", kind: "bool" },
  { name: "restart", kind: "string", initial: "Always" },
];

/** `kubectl run` (pkg/cmd/run/run.go). Nothing can be attached to: the simulator's containers run no programs. */
export const runPod: Command = { name: "run", short: "Run a particular image on the cluster", flags, run };

function run(call: CommandRun): void {
  const { args, flags: given, session } = call;
  checkPolicies(given);
  const dryRun = readDryRun(given);
  const print = objectPrinter(session, given, "created", dryRun);
  const [name, ...words] = args;
  if (name === undefined) throw failure("NAME is required for run");
  checkImage(given.text("image"));
  const port = readPort(given);
  const labels = readLabels(given.text("labels"));
  const selector = Object.keys(labels).length === 0 ? { run: name } : labels;
  const pod = podOf(name, selector, words, port, given);
  const destination = { path: `/api/v1/namespaces/${session.namespace}/pods`, fieldManager: "kubectl-run" };
  const named = (object: PlainObject): PlainObject =>
    withNamespace(object, dryRun === "client" ? namespaceOf(session) : {});
  const created = [createWith(call, named(overridden(pod, given)), destination)];
  if (given.flag("expose")) {
    const path = `/api/v1/namespaces/${session.namespace}/services`;
    created.push(createWith(call, named(serviceOf(name, labels, selector, port!)), { ...destination, path }));
  }
  for (const object of created) print(object);
}

function readPort(given: FlagValues): number | undefined {
  const text = given.text("port");
  if (given.flag("expose") && text === "") throw failure("--port must be set when exposing a service");
  if (text === "") return undefined;
  if (!/^[+-]?\d+$/.test(text)) throw failure("--port must be a number");
  return Number(text);
}

/** @throws CommandError for a text that names no image, whatever there is of that name */
function checkImage(image: string): void {
  if (image === "") throw failure("--image is required");
  if (!imageReference.test(image)) {
    throw failure(`invalid image name ${JSON.stringify(image)}: invalid reference format`);
  }
}

const restartPolicies = ["Always", "OnFailure", "Never"];
const pullPolicies = ["Always", "IfNotPresent", "Never"];

function checkPolicies(given: FlagValues): void {
  const restartPolicy = given.text("restart");
  if (!restartPolicies.includes(restartPolicy)) {
    throw failure(`invalid restart policy: ${restartPolicy}, valid values are: ${restartPolicies.join(", ")}`);
  }
  const pullPolicy = given.text("image-pull-policy");
  if (pullPolicy !== "" && !pullPolicies.includes(pullPolicy)) {
    throw failure(`invalid image pull policy: ${pullPolicy}, valid values are: ${pullPolicies.join(", ")}`);
  }
}

function podOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  words: readonly string[],
  port: number | undefined,
  given: FlagValues,
): PlainObject {
  const annotations = pairsOf(given.list("annotations"), (text) => `unexpected annotations format: ${text}`);
  const env = Object.entries(pairsOf(given.list("env"), (text) => `invalid env: ${text}`));
  const imagePullPolicy = given.text("image-pull-policy");
  const container = {
    name,
    image: given.text("image"),
    ...(words.length === 0 ? {} : given.flag("command") ? { command: words } : { args: words }),
    ...(port === undefined ? {} : { ports: [{ containerPort: port }] }),
    ...(env.length === 0
      ? {}
      : { env: env.map(([key, value]) => ({ name: key, ...(value === "" ? {} : { value }) })) }),
    resources: {},
    ...(imagePullPolicy === "" ? {} : { imagePullPolicy }),
    ...(given.flag("privileged") ? { securityContext: { privileged: true } } : {}),
  };
  return {
    kind: "Pod",
    apiVersion: "v1",
    metadata: { name, labels, ...(Object.keys(annotations).length === 0 ? {} : { annotations }) },
    spec: { containers: [container], restartPolicy: given.text("restart"), dnsPolicy: "ClusterFirst" },
    status: {},
  };
}

function serviceOf(
  name: string,
  labels: Readonly<Record<string, string>>,
  selector: Readonly<Record<string, string>>,
  port: number,
): PlainObject {
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name, ...(Object.keys(labels).length === 0 ? {} : { labels }) },
    spec: { ports: [{ protocol: "TCP", port, targetPort: port }], selector },
    status: { loadBalancer: {} },
  };
}

function withNamespace(object: PlainObject, namespace: { readonly namespace?: string }): PlainObject {
  return { ...object, metadata: { ...(object.metadata as PlainObject), ...namespace } };
}

function pairsOf(texts: readonly string[], problem: (text: string) => string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const text of texts) {
    const at = text.indexOf("=");
    if (at <= 0) throw failure(problem(text));
    setField(pairs, text.slice(0, at), text.slice(at + 1));
  }
  return pairs;
}
