import type { BackendService } from "./backend-service.ts";
import { isExposed } from "./find-services.ts";
import type { ObjectIndex } from "./object-index.ts";
import type { KubernetesOptions } from "./options.ts";

/**
 * The names of an address: that of the Service that has it, else those of all ready endpoints that have it, whether or not their
 * Service is still there (plugin/kubernetes/reverse.go).
 */
export function serviceRecordsOf(ip: string, index: ObjectIndex, options: KubernetesOptions): BackendService[] {
  const { ttl, primaryZone, namespaces } = options;
  const isServed = (namespace: string): boolean => namespaces.size === 0 || isExposed(namespace, index, options);
  const hostOf = (relative: string): string => `${relative}.${primaryZone}`;
  const service = index.servicesByClusterIP.members(ip).find(({ namespace }) => isServed(namespace));
  if (service !== undefined) {
    const { relativeName } = service;
    return [{ host: hostOf(relativeName), port: 0, ttl, relativeName, service }];
  }
  return index.endpointsByAddress
    .members(ip)
    .filter(({ namespace }) => isServed(namespace))
    .flatMap((endpoints) =>
      endpoints.addresses
        .filter((address) => address.ip === ip)
        .map((endpoint) => {
          const relativeName = `${endpoint.name}.${endpoints.serviceName}`;
          return { host: hostOf(relativeName), port: 0, ttl, relativeName, endpoints, endpoint };
        }),
    );
}
