import type { Host } from "@kubenetsim/network/topology/host";
import type { Topology } from "@kubenetsim/network/topology/topology";
import type { KubeProxy } from "../dataplane/kube-proxy.ts";
import type { NodeKernel } from "../dataplane/node-kernel.ts";
import type { NameSystem } from "../dns/programs/name-system.ts";
import type { CurlOptions } from "../http/curl-options.ts";
import type { HttpTrace } from "../http/http-exchange.ts";

/** What the programs of a node's shell ask and do. */
export interface NodeSystem {
  readonly name: string;
  /** Its kernel, and the kube-proxy on it: undefined before it has started. @throws UnsupportedError for a mode that is not modelled */
  running(): NodeKernel & { readonly proxy: KubeProxy | undefined };
  /** Its place in the network. */
  network(): { readonly topology: Topology; readonly host: Host };
  /** Ends kube-proxy; another one starts in its place. */
  restartKubeProxy(): void;
  /** kube-proxy runs in a Pod there, and not as a service of systemd. */
  readonly proxyIsPod: boolean;
  /** What its programs look names up with. */
  names(): NameSystem;
  /** Asks for a URL whose name needs no look-up any more. */
  request(url: string, options: CurlOptions): HttpTrace;
}
