import { join } from "node:path";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { repositoryRoot } from "../repository-root.ts";
import { type Outcome, OwnNetwork } from "./own-network.ts";
import { until } from "./until.ts";

const command = join(repositoryRoot, "packages/kubenetsim/bin/kubenetsim.js");
const kinds =
  "nodes,namespaces,servicecidrs,configmaps,services,endpoints,endpointslices,pods,replicasets,deployments.apps,ingresses";
export const port = 8001;

/** A cluster that `kubenetsim serve` serves in a network namespace where one of its nodes has its addresses. */
export class ServedCluster {
  readonly network: OwnNetwork;
  readonly #kubectl: string;

  private constructor(network: OwnNetwork, kubectl: string) {
    this.network = network;
    this.#kubectl = kubectl;
  }

  /** @param addresses the node's: of its card, and of the bridge of its Pods */
  static async start(
    objects: string,
    { addresses, kubectl }: { readonly addresses: readonly [string, string]; readonly kubectl: string },
  ): Promise<ServedCluster> {
    const network = await OwnNetwork.open(setup(addresses));
    const file = network.file("cluster.yaml", objects);
    const args = ["serve", "-f", file, "--port", String(port), "--kubeconfig", "kubeconfig"];
    const server = network.start("serve", [process.execPath, command, ...args]);
    const started = await until(async () => {
      if (server.exitCode !== null) return false;
      return network.said("serve").includes("export KUBECONFIG=") || undefined;
    }, 60_000);
    if (started !== true) {
      const said = network.said("serve");
      await network.close();
      throw new Error(`kubenetsim serve did not start: ${said}`);
    }
    return new ServedCluster(network, kubectl);
  }

  get kubeconfig(): string {
    return `${this.network.folder}/kubeconfig`;
  }

  kubectl(words: readonly string[], input?: string): Promise<Outcome> {
    const all = [this.#kubectl, "--kubeconfig", this.kubeconfig, ...words];
    return this.network.run(all, input === undefined ? {} : { input });
  }

  /** All objects as they are now. */
  async objects(): Promise<readonly ApiObject[]> {
    const { stdout, stderr, exitCode } = await this.kubectl(["get", kinds, "-A", "-o", "json"]);
    if (exitCode !== 0) throw new Error(`kubectl get: ${stderr}`);
    return (JSON.parse(stdout) as { items: readonly ApiObject[] }).items;
  }

  close(): Promise<void> {
    return this.network.close();
  }
}

function setup([card, bridge]: readonly [string, string]): string {
  return [
    "ip link set lo up",
    "ip link add eth0 type veth peer name wire",
    "ip link set eth0 up; ip link set wire up",
    "ip link add cni0 type bridge; ip link set cni0 up",
    `ip addr add ${card} dev eth0`,
    `ip addr add ${bridge} dev cni0`,
  ].join("\n");
}
