import type { Node } from "@kubenetsim/core/model/node";
import { timestampOf } from "@kubenetsim/core/runtime/timestamp";
import type { Process } from "@kubenetsim/network/topology/process";
import { splitHostPort } from "@kubenetsim/proxy/config/host-port";
import { type HttpAnswer, printHttpAnswer } from "@kubenetsim/proxy/healthcheck/http-answer";
import { httpDate } from "@kubenetsim/proxy/healthcheck/http-date";
import { healthzAnswer, livezAnswer, proxyModeAnswer } from "@kubenetsim/proxy/healthcheck/proxy-health";
import { type ServiceHealth, serviceHealthAnswer, serviceHealths } from "@kubenetsim/proxy/healthcheck/service-health";
import type { KubeProxy } from "./kube-proxy.ts";

/**
 * What a kube-proxy listens with to be asked for health: a server for each Service with a healthCheckNodePort, and /healthz.
 * /proxyMode listens on 127.0.0.1 only, where no packet of another host comes, and is left out.
 */
export function healthProcesses(proxy: KubeProxy): Process[] {
  const services = new Map(healthsOf(proxy).map((health) => [health.port, health]));
  const own = portOf(proxy.config.healthzBindAddress);
  return [
    { name: "kube-proxy healthz", listens: [{ protocol: "TCP", port: own }] },
    ...[...services.values()].map(
      ({ namespace, name, port }): Process => ({
        name: `kube-proxy health check ${namespace}/${name}`,
        listens: [{ protocol: "TCP", port }],
      }),
    ),
  ];
}

/** What `curl -i http://127.0.0.1:PORT/PATH` prints on the node; undefined when kube-proxy does not listen there. */
export function askHealth(
  proxy: KubeProxy,
  question: { readonly port: number; readonly path: string },
  node: Node | undefined,
  nowMs: number,
): string | undefined {
  const answer = answerOf(proxy, question, node, nowMs);
  return answer === undefined ? undefined : printHttpAnswer(answer, httpDate(nowMs, timestampOf(nowMs)));
}

function answerOf(
  proxy: KubeProxy,
  { port, path }: { readonly port: number; readonly path: string },
  node: Node | undefined,
  nowMs: number,
): HttpAnswer | undefined {
  const { config, syncedMs } = proxy;
  const notFound: HttpAnswer = {
    status: 404,
    headers: [
      ["Content-Type", "text/plain; charset=utf-8"],
      ["X-Content-Type-Options", "nosniff"],
    ],
    body: "404 page not found\n",
  };
  if (port === portOf(config.metricsBindAddress))
    return path === "/proxyMode" ? proxyModeAnswer(config.mode) : notFound;
  if (port === portOf(config.healthzBindAddress)) {
    const synced = { IPv4: timestampOf(syncedMs[0]!), IPv6: timestampOf(syncedMs[1]!) };
    const health = { now: timestampOf(nowMs), synced, node };
    if (path === "/healthz") return healthzAnswer(health);
    return path === "/livez" ? livezAnswer(health) : notFound;
  }
  const health = healthsOf(proxy).find((one) => one.port === port);
  return health === undefined ? undefined : serviceHealthAnswer(health);
}

/** Of both families; userspace mode has none. */
function healthsOf({ config, proxiers }: KubeProxy): ServiceHealth[] {
  return config.mode === "userspace" ? [] : proxiers.flatMap(({ snapshot }) => serviceHealths(snapshot));
}

function portOf(address: string): number {
  return Number(splitHostPort(address)?.port);
}
