import type { Plain, PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";
import type { Deployment, Pod, PodSpec, ReplicaSet } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";
import { failure } from "../command-error.ts";
import { readDryRun } from "../flags/dry-run.ts";
import type { Flag, FlagValues } from "../flags/flag.ts";
import { printFlags, saveConfigFlag, writeFlags } from "../flags/global-flags.ts";
import { objectPrinter } from "../output/object-printer.ts";
import { fileFlags } from "../resources/file-flags.ts";
import { findResources } from "../resources/find-resources.ts";
import type { Command, CommandRun } from "./command.ts";
import { createWith, namespaceOf } from "./create/create-object.ts";
import { readLabels } from "./label-pairs.ts";
import { overridden, overrideFlags } from "./overrides.ts";

const textFlags = [
  "cluster-ip",
  "external-ip",
  "load-balancer-ip",
  "name",
  "port",
  "protocol",
  "selector",
  "session-affinity",
  "target-port",
  "type",
];

const flags: readonly Flag[] = [
  ...printFlags,
  ...writeFlags,
  ...fileFlags,
  saveConfigFlag,
  ...overrideFlags,
  { name: "labels", short: "l", kind: "string" },
  ...textFlags.map((name): Flag => ({ name, kind: "string" })),
];

/** `kubectl expose` (pkg/cmd/expose/expose.go). */
export const expose: Command = {
  name: "expose",
  short: "Take a replication controller, service, deployment or pod and expose it as a new Kubernetes service",
  flags,
  run,
};

const longestName = 63;

function run(call: CommandRun): void {
  const { flags: given, session } = call;
  const dryRun = readDryRun(given);
  const print = objectPrinter(session, given, "exposed", dryRun);
  // `-l` is for the labels of the new Service here, and selects nothing.
  const found = findResources({ session, flags: given, args: call.args, objects: "lazy", selects: false });
  found.visit(({ type, name, object, namespace = session.namespace }) => {
    const source = sourceOf(object!, type.info.qualified);
    const made = overridden(serviceFor(name.slice(0, longestName), source, given), given);
    const metadata = { ...(made.metadata as PlainObject), ...(dryRun === "client" ? namespaceOf(session) : {}) };
    const path = `/api/v1/namespaces/${namespace}/services`;
    print(createWith(call, { ...made, metadata }, { path, fieldManager: "kubectl-expose" }));
  });
}

/** What an object tells of the Service before it. */
interface Source {
  readonly selector: () => Readonly<Record<string, string>>;
  readonly labels: Readonly<Record<string, string>> | undefined;
  readonly ports: readonly { readonly port: number; readonly protocol: string }[];
}

function sourceOf(object: PlainObject, qualified: string): Source {
  const { metadata } = object as unknown as Pod;
  switch (object.kind) {
    case "Pod": {
      const pod = object as unknown as Pod;
      const selector = some(metadata.labels, "the pod has no labels and cannot be exposed");
      return { selector, labels: metadata.labels, ports: containerPorts(pod.spec) };
    }
    case "Service": {
      const { spec } = object as unknown as Service;
      const selector = some(spec.selector, "the service has no pod selector set");
      const ports = (spec.ports ?? []).map(({ port, protocol = "TCP" }) => ({ port, protocol }));
      return { selector, labels: metadata.labels, ports };
    }
    case "Deployment":
    case "ReplicaSet": {
      const { spec } = object as unknown as Deployment | ReplicaSet;
      const what = object.kind === "Deployment" ? "deployment" : "replicaset";
      const selector = some(spec.selector.matchLabels, `invalid ${what}: no selectors, therefore cannot be exposed`);
      return { selector, labels: metadata.labels, ports: containerPorts(spec.template?.spec) };
    }
    default:
      throw failure(`cannot expose a ${qualified}`);
  }
}

function some(labels: Readonly<Record<string, string>> | undefined, problem: string): Source["selector"] {
  return () => {
    if (labels !== undefined && Object.keys(labels).length > 0) return labels;
    throw failure(`couldn't retrieve selectors via --selector flag or introspection: ${problem}`);
  };
}

function containerPorts(spec: PodSpec | undefined): Source["ports"] {
  const ports = (spec?.containers ?? []).flatMap(({ ports: list = [] }) => list);
  return ports.map(({ containerPort, protocol = "TCP" }) => ({ port: containerPort, protocol }));
}

function serviceFor(defaultName: string, source: Source, given: FlagValues): PlainObject {
  const text = given.text("selector");
  const selector = text === "" ? source.selector() : readLabels(text);
  const ports = portsFor(source, given);
  const labels = given.text("labels") === "" ? source.labels : readLabels(given.text("labels"));
  const [type, externalIP, clusterIP] = ["type", "external-ip", "cluster-ip"].map((name) => given.text(name));
  const affinity = given.text("session-affinity");
  if (!["", "None", "ClientIP"].includes(affinity)) throw failure(`unknown session affinity: ${affinity}`);
  const balancer = type === "LoadBalancer" ? given.text("load-balancer-ip") : "";
  return {
    kind: "Service",
    apiVersion: "v1",
    metadata: { name: given.text("name") || defaultName, ...(labels === undefined ? {} : { labels }) },
    spec: {
      ...(ports.length === 0 ? {} : { ports }),
      selector,
      ...(clusterIP === "" ? {} : { clusterIP: clusterIP! }),
      ...(type === "" ? {} : { type: type! }),
      ...(externalIP === "" ? {} : { externalIPs: [externalIP!] }),
      ...(affinity === "" ? {} : { sessionAffinity: affinity }),
      ...(balancer === "" ? {} : { loadBalancerIP: balancer }),
    },
    status: { loadBalancer: {} },
  };
}

function portsFor(source: Source, given: FlagValues): Plain[] {
  const numbers = numbersFor(source, given);
  const target = given.text("target-port");
  const targetOf = (port: number): number | string =>
    target === "" ? port : /^[+-]?\d+$/.test(target) ? Number(target) : target;
  return numbers.flatMap((port, i) => {
    const name = numbers.length > 1 ? `port-${i + 1}` : "";
    const protocols = protocolsOf(port, source, given);
    return protocols.map((protocol) => {
      const own = protocols.length > 1 ? `port-${i + 1}-${protocol.toLowerCase()}` : name;
      return { ...(own === "" ? {} : { name: own }), protocol, port, targetPort: targetOf(port) };
    });
  });
}

/** The port that was asked for, else those of the object. */
function numbersFor({ ports }: Source, given: FlagValues): number[] {
  const asked = given.text("port");
  if (asked !== "") {
    return asked.split(",").map((text) => {
      if (/^[+-]?\d+$/.test(text)) return Number(text);
      throw failure(`strconv.Atoi: parsing ${JSON.stringify(text)}: invalid syntax`);
    });
  }
  const own = [...new Set(ports.map(({ port }) => port))];
  if (own.length === 0 && given.text("cluster-ip") !== "None") {
    throw failure("couldn't find port via --port flag or introspection");
  }
  return own;
}

function protocolsOf(port: number, { ports }: Source, given: FlagValues): string[] {
  const asked = given.text("protocol");
  if (asked !== "") return [asked];
  const own = [...new Set(ports.filter((one) => one.port === port).map(({ protocol }) => protocol))];
  return own.length === 0 ? ["TCP"] : own;
}
