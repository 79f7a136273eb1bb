import { ServerError } from "../client/server-error.ts";
import { failure, usageError } from "../command-error.ts";
import type { Flag } from "../flags/flag.ts";
import { findResources } from "../resources/find-resources.ts";
import type { ResourceInfo } from "../resources/resource-info.ts";
import type { Session } from "../session.ts";
import type { Command, CommandRun } from "./command.ts";
import { selectorText } from "./describe/selector-lines.ts";

const oneContainer = "logs are those of one container";

const flags: readonly Flag[] = [
  { name: "container", short: "c", kind: "string" },
  { name: "follow", short: "f", kind: "bool" },
  { name: "tail", kind: "int", initial: "-1" },
  { name: "all-containers", kind: "bool", refusal: oneContainer },
  { name: "all-pods", kind: "bool", refusal: oneContainer },
  { name: "selector", short: "l", kind: "string", refusal: oneContainer },
  { name: "prefix", kind: "bool", refusal: oneContainer },
  { name: "previous", short: "p", kind: "bool", refusal: "containers are not restarted" },
  { name: "timestamps", kind: "bool", refusal: "lines come as they were written" },
  { name: "since", kind: "duration", refusal: "lines come as they were written" },
  { name: "since-time", kind: "string", refusal: "lines come as they were written" },
  { name: "limit-bytes", kind: "int", refusal: "lines come as they were written" },
];

/** `kubectl logs` (pkg/cmd/logs/logs.go) of one container. `--follow` ends with what is there: nothing is written while one waits. */
export const logs: Command = { name: "logs", short: "Print the logs for a container in a pod", flags, run };

interface LoggingPod {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
  readonly spec: { readonly containers: readonly Named[]; readonly initContainers?: readonly Named[] };
}

interface Named {
  readonly name: string;
}

function run(call: CommandRun): void {
  const { args, flags: given, session } = call;
  const [resource, inline, ...more] = args;
  if (resource === undefined || more.length > 0) {
    throw usageError(
      call.path,
      "expected 'logs [-f] [-p] (POD | TYPE/NAME) [-c CONTAINER]'.\nPOD or TYPE/NAME is a required argument for the logs command",
    );
  }
  const tail = given.number("tail");
  if (given.has("container") && inline !== undefined) {
    throw failure("only one of -c or an inline [CONTAINER] arg is allowed");
  }
  if (tail < -1) throw failure("--tail must be greater than or equal to -1");
  const pod = podOf(session, found(call, resource));
  const container = containerOf(session, pod, inline ?? given.text("container"));
  const text = session.host.logs?.(session.namespace, pod.metadata.name, container);
  if (text === undefined) {
    throw failure(
      `the log of container ${container} in pod ${pod.metadata.name} is not modelled; see docs/divergences.md`,
    );
  }
  session.write(tail < 0 ? text : lastLines(text, tail));
}

function found({ flags: given, session }: CommandRun, resource: string): ResourceInfo {
  const args = resource.includes("/") ? [resource] : ["pods", resource];
  const { infos, error } = findResources({ session, flags: given, args, selects: false, objects: "lazy" }).infos();
  if (error instanceof ServerError && error.reason === "NotFound") {
    throw failure(`error from server (NotFound): ${error.message} in namespace ${JSON.stringify(session.namespace)}`);
  }
  if (error !== undefined) throw error;
  return infos[0]!;
}

/** The Pod itself, or the first of what has a selector (polymorphichelpers/logsforobject.go). */
function podOf(session: Session, { type, object }: ResourceInfo): LoggingPod {
  const { kind } = type;
  if (kind === "Pod") return object as unknown as LoggingPod;
  const { selector } = (object as { spec?: { selector?: object } }).spec ?? {};
  if (selector === undefined) {
    const goType = `*${type.info.version}.${kind}`;
    throw failure(`cannot get the logs from ${goType}: selector for ${goType} not implemented`);
  }
  const labelSelector = selectorText(
    kind === "Service" ? { matchLabels: selector as Record<string, string> } : selector,
  );
  const path = `/api/v1/namespaces/${session.namespace}/pods`;
  const { items } = session.client.ask("GET", path, { query: { labelSelector } }) as unknown as {
    items: readonly LoggingPod[];
  };
  const [first] = items;
  if (first === undefined) throw failure("timed out waiting for the condition");
  if (items.length > 1) session.complain(`Found ${items.length} pods, using pod/${first.metadata.name}`);
  return first;
}

function containerOf(session: Session, { metadata, spec }: LoggingPod, asked: string): string {
  const all = [...spec.containers, ...(spec.initContainers ?? [])];
  const names = spec.containers
    .map(({ name }) => name)
    .concat((spec.initContainers ?? []).map(({ name }) => `${name} (init)`));
  const byAnnotation = metadata.annotations?.["kubectl.kubernetes.io/default-container"] ?? "";
  const chosen = asked || (all.some(({ name }) => name === byAnnotation) ? byAnnotation : "");
  if (chosen === "") {
    const first = spec.containers[0]!.name;
    if (all.length > 1) session.complain(`Defaulted container ${JSON.stringify(first)} out of: ${names.join(", ")}`);
    return first;
  }
  if (!all.some(({ name }) => name === chosen)) {
    throw failure(`container ${chosen} is not valid for pod ${metadata.name} out of: ${names.join(", ")}`);
  }
  return chosen;
}

function lastLines(text: string, count: number): string {
  const lines = text.split("\n").slice(0, -1);
  return lines
    .slice(Math.max(0, lines.length - count))
    .map((line) => `${line}\n`)
    .join("");
}
