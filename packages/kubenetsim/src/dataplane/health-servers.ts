import type { Node } from "@kubenetsim/core/model/node";
import type { AddressWords } from "@kubenetsim/core/net/address";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import type { Packet } from "@kubenetsim/netfilter/engine/packet";
import type { Process } from "@kubenetsim/network/topology/process";
import {
  boundSocket,
  clash,
  type HealthSocket,
  listensOn,
  ownSockets,
  serviceSocket,
} from "@kubenetsim/proxy/healthcheck/health-sockets";
import { type HttpAnswer, notFound } from "@kubenetsim/proxy/healthcheck/http-answer";
import { healthzAnswer, livezAnswer, proxyModeAnswer } from "@kubenetsim/proxy/healthcheck/proxy-health";
import { serviceHealthAnswer, serviceHealths } from "@kubenetsim/proxy/healthcheck/service-health";
import type { KubeProxy } from "./kube-proxy.ts";
import { destinationOf } from "./packet-addresses.ts";

/** Asked at a time, of the Node as it then is. */
interface Question {
  readonly path: string;
  readonly node: Node | undefined;
  readonly nowMs: number;
}

/** One HTTP server of a kube-proxy. */
interface HealthServer {
  readonly socket: HealthSocket;
  readonly process: Process;
  answer(question: Question): HttpAnswer;
}

/** What is to be known of a kube-proxy to answer in its place. */
export interface AskedProxy extends Pick<KubeProxy, "config" | "syncedMs"> {
  readonly proxiers: readonly Pick<KubeProxy["proxiers"][number], "snapshot">[];
}

/** Made when one is first asked for, by port. */
const serversOf = new WeakMap<AskedProxy, ReadonlyMap<number, readonly HealthServer[]>>();

/** The server of a node's kube-proxy that takes a packet which has come to the node; undefined when none does. */
export function healthProcess(proxy: KubeProxy, packet: Packet): Process | undefined {
  if (packet.protocol !== protocolNumbers.TCP) return undefined;
  const servers = healthServers(proxy).get(packet.destinationPort) ?? [];
  return servers.find(({ socket }) => listensOn(socket, destinationOf(packet)))?.process;
}

/** What a server of kube-proxy answers on the node at an address where it listens; undefined when it does not listen on the port. */
export function askHealth(proxy: KubeProxy, port: number, question: Question): HttpAnswer | undefined {
  const servers = healthServers(proxy).get(port) ?? [];
  const server = servers.find(({ socket: { addresses } }) => addresses === undefined || addresses.length > 0);
  return server?.answer(question);
}

/** The status code of what somebody gets who asks at an address; undefined when kube-proxy does not listen there. */
export function healthStatus(
  proxy: AskedProxy,
  address: AddressWords,
  port: number,
  question: Question,
): number | undefined {
  const servers = healthServers(proxy).get(port) ?? [];
  return servers.find(({ socket }) => listensOn(socket, address))?.answer(question).status;
}

/** Where a kube-proxy's HTTP servers listen. */
export function healthSockets(proxy: KubeProxy): HealthSocket[] {
  return [...healthServers(proxy).values()].flatMap((servers) => servers.map(({ socket }) => socket));
}

function healthServers(proxy: AskedProxy): ReadonlyMap<number, readonly HealthServer[]> {
  const known = serversOf.get(proxy);
  if (known !== undefined) return known;
  const servers = new Map<number, HealthServer[]>();
  for (const one of [...ownServers(proxy), ...serviceServers(proxy)]) {
    const { port } = one.socket;
    servers.set(port, [...(servers.get(port) ?? []), one]);
  }
  serversOf.set(proxy, servers);
  return servers;
}

function ownServers({ config, syncedMs }: AskedProxy): HealthServer[] {
  const synced = { IPv4: timestampOf(syncedMs[0]!), IPv6: timestampOf(syncedMs[1]!) };
  return [
    server("kube-proxy healthz", boundSocket(config.healthzBindAddress), ({ path, node, nowMs }) => {
      const health = { now: timestampOf(nowMs), synced, node };
      if (path === "/healthz") return healthzAnswer(health);
      return path === "/livez" ? livezAnswer(health) : notFound;
    }),
    server("kube-proxy metrics", boundSocket(config.metricsBindAddress), ({ path }) =>
      path === "/proxyMode" ? proxyModeAnswer(config.mode) : notFound,
    ),
  ];
}

/** Of both families; userspace mode has none. One that another server keeps from its port does not listen. */
function serviceServers({ config, proxiers }: AskedProxy): HealthServer[] {
  if (config.mode === "userspace") return [];
  const own = ownSockets(config);
  return proxiers.flatMap(({ snapshot }) =>
    serviceHealths(snapshot).flatMap((health) => {
      const socket = serviceSocket(health, snapshot.basis);
      if (own.some((other) => clash(socket, other) !== undefined)) return [];
      return [
        server(`kube-proxy health check ${health.namespace}/${health.name}`, socket, () => serviceHealthAnswer(health)),
      ];
    }),
  );
}

function server(name: string, socket: HealthSocket, answer: HealthServer["answer"]): HealthServer {
  return { socket, process: { name, listens: [{ protocol: "TCP", port: socket.port }] }, answer };
}
