import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { DaemonSet } from "@kubenetsim/core/model/daemon-set";
import type { Node } from "@kubenetsim/core/model/node";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { KubeProxyConfig } from "@kubenetsim/proxy/config/kube-proxy-config";
import { nodeHostIPs } from "@kubenetsim/proxy/snapshot/node-host-ips";
import type { Settled } from "./object-history.ts";

/**
 * When each node's kube-proxy has started, as indexes of the history: known for all nodes without looking at any. A
 * kube-proxy that does not run yet counts as started at the first time.
 */
export class ProcessStarts {
  /** Of all nodes. */
  readonly #shared: number[] = [];
  readonly #own = new Map<string, number[]>();
  /** How many there have been. */
  count = 0;

  /** The time of this index has come. `configOf` is what a node's kube-proxy has run with until now. */
  add({ changes, action }: Settled, index: number, configOf: (node: string) => KubeProxyConfig): void {
    const isRestart = action?.kind === "restart";
    if (index === 0 || (isRestart && action.node === undefined)) {
      this.#shared.push(index);
      this.count++;
      return;
    }
    const started = new Set(isRestart ? [action.node!] : []);
    for (const change of changes) {
      const node = startedBy(change, configOf);
      if (node !== undefined) started.add(node);
    }
    for (const node of started) this.#startsAlone(node, index);
  }

  #startsAlone(node: string, index: number): void {
    this.count++;
    const known = this.#own.get(node);
    if (known === undefined) this.#own.set(node, [index]);
    else known.push(index);
  }

  /** The last start. */
  of(node: string): number {
    return Math.max(this.#shared.at(-1) ?? 0, this.#own.get(node)?.at(-1) ?? 0);
  }

  /** The last starts of all nodes. */
  all(): number[] {
    const shared = this.#shared.at(-1) ?? 0;
    return [...new Set([shared, ...[...this.#own.values()].map((own) => Math.max(shared, own.at(-1)!))])];
  }

  has(node: string, index: number): boolean {
    return this.#shared.includes(index) || this.#own.get(node)?.includes(index) === true;
  }

  /** All of them as a text. */
  textOf(node: string): string {
    return `${this.#shared.join()};${this.#own.get(node)?.join() ?? ""}`;
  }
}

/** The node on which a change makes kube-proxy start. */
function startedBy(change: Change, configOf: (node: string) => KubeProxyConfig): string | undefined {
  const { kind, key, before, after } = change;
  if (kind === "Node" && after !== undefined) {
    const isOther = before === undefined || endsProxy(before as Node, after as Node, () => configOf(key));
    return isOther ? key : undefined;
  }
  return kind === "Pod" && before !== undefined && after === undefined ? nodeOfProxyPod(before as Pod) : undefined;
}

/** Does kube-proxy end itself because of a change of its Node, to be started again (pkg/proxy/node.go, OnNodeChange)? */
function endsProxy(before: Node, after: Node, config: () => KubeProxyConfig): boolean {
  if (nodeIPs(before) !== nodeIPs(after)) return true;
  return podCIDRs(before) !== podCIDRs(after) && config().detectLocalMode === "NodeCIDR";
}

function nodeIPs(node: Node): string {
  return nodeHostIPs(node).join();
}

function podCIDRs({ spec }: Node): string {
  return (spec?.podCIDRs ?? []).join();
}

/** The node of a Pod of kube-proxy: when it is deleted, another one starts there. */
function nodeOfProxyPod(pod: Pod): string | undefined {
  return isProxyPod(pod) ? pod.spec.nodeName : undefined;
}

/** Is it a Pod as kubeadm's DaemonSet kube-proxy makes them, or the DaemonSet itself? */
export function isProxyPod({ metadata }: Pod | DaemonSet): boolean {
  return metadata.namespace === "kube-system" && metadata.labels?.["k8s-app"] === "kube-proxy";
}
