import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { DnsTransport, Exchange } from "@kubenetsim/dns/plugins/plugin";
import type { Cluster } from "../../cluster/cluster.ts";
import { defaultNodeResolvConf } from "../../dns/dns-options.ts";
import { DnsProcess } from "../../dns/dns-process.ts";
import { kubeadmCorefile } from "../../dns/kubeadm-coredns.ts";
import { upstreamAnswer } from "../../dns/upstream-answer.ts";

/** From where a query came, over what. */
export interface QuerySource {
  readonly address: string;
  readonly port: number;
  readonly transport: DnsTransport;
}

const corefileKey = "kube-system/coredns";
const nodesNameServer = "192.168.10.1";

/**
 * A CoreDNS that stands beside a cluster: it sees all objects, their changes at once, and reads the Corefile of the ConfigMap
 * kube-system/coredns, or kubeadm's where there is none. Names beyond the cluster exist nowhere.
 */
export class ServedDns {
  readonly #lab: Cluster;
  readonly #process: DnsProcess;
  readonly #unwatch: () => void;
  #changes: Change[] = [];

  /** @param log told of the lines of its log @throws ParseError, UnsupportedError of the Corefile */
  constructor(lab: Cluster, log: (line: string) => void) {
    const random = seededRandom(lab.seed).fork("dns/serve");
    this.#lab = lab;
    this.#process = new DnsProcess(
      { state: lab.state, nowMs: lab.clock.nowMs },
      {
        source: `ConfigMap ${corefileKey}`,
        corefileOf: ({ tables }) => tables.ConfigMap.get(corefileKey)?.data?.Corefile ?? kubeadmCorefile,
        random: random.fork("reload"),
        surroundings: {
          random: random.fork("coredns"),
          addresses: [],
          readFile: (path) => files[path],
          exchange: beyond,
          log,
        },
      },
    );
    this.#unwatch = lab.watch((change) => this.#changes.push(change));
  }

  /** What is sent back, one message after the other; none for what CoreDNS leaves unanswered. */
  respond(query: Uint8Array, { address: client, port: clientPort, transport }: QuerySource): readonly Uint8Array[] {
    const { state, clock } = this.#lab;
    const { nowMs } = clock;
    this.#takeChanges();
    this.#process.advance(state, nowMs);
    return this.#process.answerBytes(query, { client, clientPort, transport, nowMs });
  }

  stop(): void {
    this.#unwatch();
  }

  #takeChanges(): void {
    if (this.#changes.length === 0) return;
    const changes = this.#changes;
    this.#changes = [];
    this.#process.take({ state: this.#lab.state, changes, nowMs: this.#lab.clock.nowMs });
  }
}

const files: Readonly<Record<string, string>> = {
  "/etc/resolv.conf": defaultNodeResolvConf,
  "/etc/hosts": "127.0.0.1 localhost\n",
};

function beyond(
  address: string,
  port: number,
  transport: DnsTransport,
  query: Parameters<typeof upstreamAnswer>[1],
): Exchange {
  if (address !== nodesNameServer || port !== 53) return { kind: "timeout", tookMs: Number.POSITIVE_INFINITY };
  return { kind: "answered", message: upstreamAnswer({}, query, transport), tookMs: 0 };
}
