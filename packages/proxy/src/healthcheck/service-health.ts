import { endpointsOfSlices, isLocalTo } from "../snapshot/endpoint.ts";
import type { ProxySnapshot } from "../snapshot/snapshot.ts";
import { type HttpAnswer, jsonAnswer } from "./http-answer.ts";

/** A Service whose health kube-proxy tells to load balancers on a port of its own (type LoadBalancer, policy Local). */
export interface ServiceHealth {
  readonly namespace: string;
  readonly name: string;
  /** healthCheckNodePort. */
  readonly port: number;
  /** Addresses of ready endpoints on this node, over all ports of its slices; those that terminate do not count. */
  readonly localEndpoints: number;
}

/** The health check servers of one family's kube-proxy (pkg/proxy/healthcheck/service_health.go), by Service. */
export function serviceHealths(snapshot: ProxySnapshot): ServiceHealth[] {
  return snapshot.services.flatMap(({ key, ports }) => {
    const port = ports.find(({ port: { healthCheckNodePort } }) => healthCheckNodePort !== 0)?.port.healthCheckNodePort;
    if (port === undefined) return [];
    const slash = key.indexOf("/");
    const localEndpoints = localReadyEndpoints(snapshot, key);
    return [{ namespace: key.slice(0, slash), name: key.slice(slash + 1), port, localEndpoints }];
  });
}

/** Over all ports of the slices, also those that the Service does not have (EndpointsMap.LocalReadyEndpoints). */
function localReadyEndpoints({ records, basis }: ProxySnapshot, key: string): number {
  const slices = records.get(key)?.slices ?? [];
  const ready = [...endpointsOfSlices(slices).values()].flat().filter((endpoint) => endpoint.ready);
  const local = ready.filter((endpoint) => isLocalTo(basis.node.name, endpoint));
  return new Set(local.map(({ address }) => address)).size;
}

/** The answer on any path. kube-proxy's rules are written as soon as something changes, so that it is always healthy. */
export function serviceHealthAnswer({ namespace, name, localEndpoints }: ServiceHealth): HttpAnswer {
  const body = `{
	"service": {
		"namespace": ${JSON.stringify(namespace)},
		"name": ${JSON.stringify(name)}
	},
	"localEndpoints": ${localEndpoints},
	"serviceProxyHealthy": true
}`;
  const weight = ["X-Load-Balancing-Endpoint-Weight", String(localEndpoints)] as const;
  return jsonAnswer(localEndpoints > 0 ? 200 : 503, body, [weight]);
}
