import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { ObjectKey } from "@kubenetsim/core/model/api-object";
import type { Pod } from "@kubenetsim/core/model/pod";
import { type IpAddress, parseAddress } from "@kubenetsim/core/net/address";
import type { Random } from "@kubenetsim/core/runtime/random";
import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { Trace } from "@kubenetsim/core/trace/trace";
import type { DnsMessage } from "@kubenetsim/dns/message/dns-message";
import type { DnsStep, DnsTransport, Exchange } from "@kubenetsim/dns/plugins/plugin";
import { readResolvConf } from "@kubenetsim/dns/resolver/resolv-conf";
import type { Source } from "../connect/source.ts";
import type { ObjectHistory } from "../dataplane/object-history.ts";
import { corefileMount, mountedCorefile, runsCoredns } from "./coredns-pod.ts";
import { type DnsOptions, defaultNodeResolvConf } from "./dns-options.ts";
import { type DnsProcessOptions, noAnswer } from "./dns-process.ts";
import { FollowingProcess } from "./following-process.ts";
import { dnsAddress, kubeadmCorefile, kubeDnsKey } from "./kubeadm-coredns.ts";
import { hostFiles, type LookupFiles, podFiles } from "./lookup-files.ts";
import { upstreamAnswer } from "./upstream-answer.ts";

/** A query to somebody's port 53, or another. */
export interface NameServerQuery {
  readonly from: Source;
  readonly address: IpAddress;
  readonly port: number;
  readonly transport: DnsTransport;
  readonly sourcePort: number;
  readonly message: DnsMessage;
  readonly nowMs: number;
  /** No packet is sent: kube-dns answers as a server beside the cluster does, so that nothing changes. */
  readonly quiet?: boolean | undefined;
}

/** What became of it. */
export interface NameServerAnswer {
  readonly outcome: Exchange;
  readonly answeredBy?: string | undefined;
  readonly steps: readonly DnsStep[];
  readonly trace?: Trace | undefined;
}

/** What name servers stand in. */
export interface NameServerSurroundings {
  readonly options: DnsOptions;
  readonly random: Random;
  /** Sends a packet through the network. */
  readonly send: (query: NameServerQuery) => Trace;
}

/** Servers that forward to each other in a circle are stopped there, as their clients stop waiting: so deep, */
const deepestForwarding = 40;
/** and after so many queries for one that somebody has asked. */
const mostForwarded = 300;

/** The CoreDNS processes of a cluster, and the servers beyond it. */
export class NameServers {
  readonly #surroundings: NameServerSurroundings;
  /** By the Pod's uid. */
  readonly #processes = new Map<string, FollowingProcess>();
  #history: ObjectHistory = [];
  #seen = 0;
  #beside: FollowingProcess | undefined;
  /** The servers of the nodes' resolv.conf. */
  #upstreams: readonly IpAddress[] | undefined;
  /** When the query came that is being answered: what it is forwarded as leaves then. */
  #nowMs = 0;
  #forwarding = 0;
  #forwarded = 0;

  constructor(surroundings: NameServerSurroundings) {
    this.#surroundings = surroundings;
  }

  /** Starts and ends processes with the Pods that came and went. @throws ParseError, UnsupportedError for a Corefile that CoreDNS would not start with */
  bringUpTo(history: ObjectHistory): void {
    this.#history = history;
    if (this.#seen === 0) for (const pod of history[0]?.state.tables.Pod.values() ?? []) this.#startIn(pod, 0);
    for (; this.#seen < history.length; this.#seen++) {
      for (const { kind, before, after } of history[this.#seen]!.changes) {
        if (kind !== "Pod") continue;
        if (after === undefined) this.#processes.delete((before as Pod).metadata.uid ?? "");
        else this.#startIn(after as Pod, this.#seen);
      }
    }
  }

  #startIn(pod: Pod, time: number): void {
    const uid = pod.metadata.uid ?? "";
    if (pod.status?.phase !== "Running" || this.#processes.has(uid) || !runsCoredns(pod)) return;
    const mount = corefileMount(pod);
    const { namespace = "default", name } = pod.metadata;
    const process = this.#started(time, {
      source: mount === undefined ? "Corefile" : `ConfigMap ${mount.configMap}`,
      corefileOf: (state) => (mount === undefined ? undefined : mountedCorefile(state, mount)),
      stream: `/${uid}`,
      addresses: (pod.status?.podIPs ?? []).map(({ ip }) => ip),
      files: () => podFiles(this.#history[time]!.state, pod, this.#surroundings.options),
      from: { kind: "pod", namespace, name },
    });
    this.#processes.set(uid, process);
  }

  #started(time: number, { source, corefileOf, stream, addresses, files, from }: Place): FollowingProcess {
    const { random } = this.#surroundings;
    return new FollowingProcess(this.#history, time, {
      source,
      corefileOf,
      random: random.fork(`reload${stream}`),
      surroundings: {
        random: random.fork(`coredns${stream}`),
        addresses,
        readFile: (path) => fileOf(files(), path),
        exchange: (address, port, transport, message) => this.#forward({ from, address, port, transport, message }),
        log: () => {},
      },
    });
  }

  /** Asks whoever has the address; a cluster without kube-dns has a server with kubeadm's Corefile at its address. */
  ask(query: NameServerQuery): NameServerAnswer {
    const { address, port, transport, message } = query;
    const { state } = this.#history.at(-1)!;
    this.#upstreams ??= readResolvConf(
      this.#surroundings.options.nodeResolvConf ?? defaultNodeResolvConf,
      "glibc",
    ).nameservers;
    if (port === 53 && this.#upstreams.includes(address)) {
      const answer = upstreamAnswer(this.#surroundings.options.upstream ?? {}, message, transport);
      return { outcome: answered(answer), answeredBy: `upstream ${address}`, steps: [] };
    }
    if (
      address === dnsAddress(state) &&
      port === 53 &&
      (query.quiet === true || !state.tables.Service.has(kubeDnsKey))
    ) {
      return this.#askBeside(query);
    }
    const trace = this.#surroundings.send(query);
    const outcome = outcomeOf(trace.disposition);
    if (outcome === "refused" || outcome === "closed")
      return { outcome: { kind: "refused", tookMs: 0 }, steps: [], trace };
    const process = outcome === "ok" ? this.#processOf(state, trace.receiver) : undefined;
    if (process === undefined) return { outcome: noAnswer, steps: [], trace };
    const { source, sourcePort, destinationPort, destination } = trace.received!;
    const arrival = {
      client: source,
      clientPort: sourcePort ?? 0,
      port: destinationPort ?? port,
      address: destination,
    };
    const asked = this.#askProcess(process, query, arrival);
    return { ...asked, answeredBy: asked.outcome.kind === "answered" ? trace.receiver : undefined, trace };
  }

  #askProcess(
    process: FollowingProcess,
    { message, transport, nowMs }: NameServerQuery,
    arrival: { readonly client: string; readonly clientPort: number; readonly port: number; readonly address?: string },
  ): { readonly outcome: Exchange; readonly steps: readonly DnsStep[] } {
    process.bringUpTo(this.#history, nowMs);
    const steps: DnsStep[] = [];
    const before = this.#nowMs;
    this.#nowMs = nowMs;
    const outcome = process.exchange(message, { ...arrival, transport, nowMs, steps });
    this.#nowMs = before;
    return { outcome, steps };
  }

  #askBeside(query: NameServerQuery): NameServerAnswer {
    const { state } = this.#history.at(-1)!;
    this.#beside ??= this.#started(0, {
      source: "Corefile",
      corefileOf: () => kubeadmCorefile,
      stream: "",
      addresses: [],
      files: () => hostFiles(state, { kind: "node", name: "" }, this.#surroundings.options),
      from: query.from,
    });
    const arrival = { client: query.address, clientPort: query.sourcePort, port: query.port };
    return { ...this.#askProcess(this.#beside, query, arrival), answeredBy: "CoreDNS beside the cluster" };
  }

  #forward(query: ForwardedQuery): Exchange {
    const address = parseAddress(query.address);
    if (this.#forwarding === 0) this.#forwarded = 0;
    if (address === undefined || this.#forwarding >= deepestForwarding || this.#forwarded >= mostForwarded)
      return noAnswer;
    this.#forwarding++;
    this.#forwarded++;
    try {
      const sourcePort = 1024 + this.#surroundings.random.below(64512);
      return this.ask({ ...query, address, sourcePort, nowMs: this.#nowMs }).outcome;
    } finally {
      this.#forwarding--;
    }
  }

  #processOf({ tables }: ClusterState, receiver: string | undefined): FollowingProcess | undefined {
    const key: ObjectKey | undefined = /^pod (\S+)/.exec(receiver ?? "")?.[1];
    return key === undefined ? undefined : this.#processes.get(tables.Pod.get(key)?.metadata.uid ?? "");
  }
}

/** Where a CoreDNS runs, and what it reads there. */
interface Place extends Pick<DnsProcessOptions, "source" | "corefileOf"> {
  /** Ends the names of its random streams. */
  readonly stream: string;
  readonly addresses: readonly string[];
  readonly files: () => LookupFiles;
  readonly from: Source;
}

/** A program's files as far as name servers read them. */
function fileOf({ resolvConf, hosts }: LookupFiles, path: string): string | undefined {
  if (path === "/etc/resolv.conf") return resolvConf;
  return path === "/etc/hosts" ? hosts : undefined;
}

interface ForwardedQuery {
  readonly from: Source;
  readonly address: string;
  readonly port: number;
  readonly transport: DnsTransport;
  readonly message: DnsMessage;
}

function answered(message: DnsMessage): Exchange {
  return { kind: "answered", message, tookMs: 0 };
}
