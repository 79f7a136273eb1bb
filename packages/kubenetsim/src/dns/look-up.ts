import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import type { Random } from "@kubenetsim/core/runtime/random";
import type { SentQuery } from "@kubenetsim/dns/resolver/resolution";
import { resolveName } from "@kubenetsim/dns/resolver/resolve-name";
import type { Source } from "../connect/source.ts";
import type { DnsOptions } from "./dns-options.ts";
import { hostFiles, type LookupFiles, podFiles } from "./lookup-files.ts";
import type { LookupOptions, NameLookup } from "./name-lookup.ts";
import type { NameServerAnswer, NameServers } from "./name-servers.ts";

/** Somebody who looks up a name. */
export interface Asker {
  readonly source: Source;
  /** The key of its Pod, where it is one. */
  readonly pod?: string | undefined;
  /** The source port of its nth socket. */
  readonly portOf: (socket: number) => number;
  readonly nowMs: number;
  /** Without sending packets. */
  readonly quiet?: boolean | undefined;
}

/** Looks a name up as a program does that runs there, with every query, its way and its answer. */
export function lookUp(
  name: string,
  asker: Asker,
  servers: NameServers,
  { state, dns, random, ...options }: LookupOptions & { state: ClusterState; dns: DnsOptions; random: Random },
): NameLookup {
  const answers: NameServerAnswer[] = [];
  const exchange = ({ server, transport, socket, atMs, message }: SentQuery): NameServerAnswer["outcome"] => {
    const sourcePort = asker.portOf(socket);
    const nowMs = asker.nowMs + atMs;
    const { source: from, quiet } = asker;
    const answer = servers.ask({ from, address: server, port: 53, transport, sourcePort, message, nowMs, quiet });
    answers.push(answer);
    return answer.outcome;
  };
  const files = filesOf(asker, state, dns);
  const { libc = "glibc", families } = options;
  const found = resolveName(name, { ...files, libc, families, random, exchange });
  const queries = found.queries.map((query, index) => {
    const { answeredBy, steps, trace } = answers[index]!;
    return { ...query, answeredBy, steps, trace };
  });
  return { ...found, queries };
}

/** The files that a program reads there. */
export function filesOf(
  { source, pod = "" }: Pick<Asker, "source" | "pod">,
  state: ClusterState,
  dns: DnsOptions,
): LookupFiles {
  return source.kind === "pod" ? podFiles(state, state.tables.Pod.get(pod)!, dns) : hostFiles(state, source, dns);
}
