import type { Change, ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "@kubenetsim/network/topology/process";
import type { ProxyMode } from "@kubenetsim/proxy/config/kube-proxy-config";
import type { LogLine } from "@kubenetsim/proxy/log/log-line";
import type { Problem } from "@kubenetsim/proxy/log/problem";
import type { ProxyNode } from "@kubenetsim/proxy/snapshot/proxy-node";
import type { ProxySnapshot } from "@kubenetsim/proxy/snapshot/snapshot";
import type { NodeText } from "../../print/node-texts.ts";
import type { NodeKernel } from "../node-kernel.ts";

/** One of kube-proxy's modes: what it does on a node. Each mode is one module; `backends` holds them all. */
export interface Backend {
  readonly mode: ProxyMode;
  /** The modes whose leftovers kube-proxy removes when it starts in this one (platformCleanup of cmd/kube-proxy/app/server_linux.go). */
  readonly removes: readonly ProxyMode[];
  /** What the node's own programs print of what this mode writes. */
  readonly texts: readonly NodeText[];
  /**
   * A proxier of one family begins and syncs for the first time: NewProxier and its first syncProxyRules. The kernel may
   * hold anything, of an earlier kube-proxy in any mode too. `nowMs` is when that happens; the node's clock may be later.
   * `state` has all objects, for a mode that watches others than the snapshot holds.
   */
  start(snapshot: ProxySnapshot, node: NodeKernel, nowMs: number, state: ClusterState): Proxier;
  /** CleanupLeftovers: what `kube-proxy --cleanup` removes of what this mode has written, in both families. Returns what it could not. */
  cleanUp(node: NodeKernel): readonly LogLine[];
}

/**
 * The proxier of one family after a sync. A value: the next sync gives a new one, so that copies of a cluster share it. What
 * changes of itself belongs into the node's kernel.
 */
export interface Proxier {
  readonly snapshot: ProxySnapshot;
  /**
   * One run of syncProxyRules: writes into the kernel what has changed since the last. Called only with another snapshot; one
   * with another basis (the Node's zone label has changed) makes it write all of it again.
   */
  sync(snapshot: ProxySnapshot, node: NodeKernel, nowMs: number): Proxier;
  /** What its last sync could not do, as it logs that. Nothing in a mode that keeps this in the node's kernel. */
  readonly problems?: readonly Problem[];
  /** Its last sync wrote nothing. */
  readonly isRefused?: boolean;
  /** When it has synced last, in virtual milliseconds, in a mode that does so without a change too. */
  readonly ranMs?: number;
  /**
   * Where it has written nothing that another node of the same zone would not have got: the same on that node. Undefined where it
   * has, and in modes that write the node's own addresses or endpoints.
   */
  onNode?(node: ProxyNode): Proxier | undefined;
  /** What it wants to do without a change, and when in virtual milliseconds. */
  readonly alarm?: Alarm | undefined;
  /** In place of `sync`, for a mode that watches other objects: called with whatever has changed. */
  hear?(changes: readonly Change[], node: NodeKernel): Proxier;
  /** The proxier's own socket that takes a packet, in a mode that has such; what changes of it with packets is in `node`. */
  listener?(packet: Packet, node: NodeKernel): Process | undefined;
}

export interface Alarm {
  readonly atMs: number;
  /** Nothing else happens on the node until `untilMs`: what would come again and again without any effect may be left out. */
  ring(node: NodeKernel, untilMs: number): Proxier;
}
