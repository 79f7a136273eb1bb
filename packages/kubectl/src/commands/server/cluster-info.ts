import type { Service } from "@kubenetsim/core/model/service";
import { failure } from "../../command-error.ts";
import type { Command, CommandRun } from "../command.ts";

/** `kubectl cluster-info` (pkg/cmd/clusterinfo/clusterinfo.go). */
export const clusterInfo: Command = {
  name: "cluster-info",
  short: "Display cluster information",
  flags: [],
  run,
};

/** Where kubeadm lets an API server listen; the library has none that listens. */
const defaultServer = "https://127.0.0.1:6443";

function run({ args, session }: CommandRun): void {
  if (args[0] === "dump") throw failure("cluster-info dump is not modelled; get and describe show all objects");
  const namespace = session.namespaceIsGiven ? session.namespace : "kube-system";
  const server = session.host.server ?? defaultServer;
  session.say(`Kubernetes control plane is running at ${server}`);
  const { items } = session.client.ask("GET", `/api/v1/namespaces/${namespace}/services`, {
    query: { labelSelector: "kubernetes.io/cluster-service=true" },
  }) as unknown as { items: readonly Service[] };
  for (const service of items) session.say(`${titleOf(service)} is running at ${linkTo(service, server)}`);
  session.say("\nTo further debug and diagnose cluster problems, use 'kubectl cluster-info dump'.");
}

function titleOf({ metadata }: Service): string {
  return metadata.labels?.["kubernetes.io/name"] || metadata.name;
}

/** By a load balancer's address, else through the API server. */
function linkTo({ metadata, spec, status }: Service, server: string): string {
  const [ingress] = status?.loadBalancer?.ingress ?? [];
  const ports = spec.ports ?? [];
  if (ingress !== undefined) {
    return ports.map(({ port }) => `http://${ingress.ip || ingress.hostname || ""}:${port} `).join("");
  }
  const [port] = ports;
  const secure = port?.name === "https" || port?.port === 443;
  const name = `${secure ? "https:" : ""}${metadata.name}`;
  const of = port?.name ? `:${port.name}` : secure ? ":" : "";
  return `${server}/api/v1/namespaces/${metadata.namespace}/services/${name}${of}/proxy`;
}
