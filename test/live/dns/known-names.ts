import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Pod } from "@kubenetsim/core/model/pod";
import type { Service } from "@kubenetsim/core/model/service";

/** What there is to ask for. */
export interface KnownNames {
  /** `web.ns1` */
  readonly services: readonly string[];
  /** `ep1.web.ns1` */
  readonly endpoints: readonly string[];
  /** `_http._tcp.web.ns1` */
  readonly ports: readonly string[];
  /** `10-244-1-2.ns1` */
  readonly pods: readonly string[];
  readonly addresses: readonly string[];
}

export function knownNames(objects: readonly ApiObject[]): KnownNames {
  const services = objects.filter((object): object is Service => object.kind === "Service");
  const slices = objects.filter((object): object is EndpointSlice => object.kind === "EndpointSlice");
  const pods = objects.filter((object): object is Pod => object.kind === "Pod");
  const nameOf = ({ metadata }: Service): string => `${metadata.name}.${metadata.namespace}`;
  const serviceOf = ({ metadata }: EndpointSlice): string =>
    `${metadata.labels?.["kubernetes.io/service-name"]}.${metadata.namespace}`;
  return {
    services: services.map(nameOf),
    endpoints: slices.flatMap((slice) =>
      (slice.endpoints ?? []).flatMap(({ hostname, targetRef, addresses }) =>
        [hostname, targetRef?.name, addresses[0]!.replace(/[.:]/g, "-")].flatMap((name) =>
          name === undefined || name.length > 63 ? [] : [`${name}.${serviceOf(slice)}`],
        ),
      ),
    ),
    ports: services.flatMap((service) =>
      (service.spec?.ports ?? []).map(
        ({ name, protocol }) => `_${name || "x"}._${(protocol ?? "TCP").toLowerCase()}.${nameOf(service)}`,
      ),
    ),
    pods: pods.flatMap(({ status, metadata }) =>
      (status?.podIPs ?? []).map(({ ip }) => `${ip.replace(/[.:]/g, "-")}.${metadata.namespace}`),
    ),
    addresses: [
      ...services.flatMap(({ spec }) => (spec?.clusterIPs ?? []).filter((address) => address !== "None")),
      ...slices.flatMap(({ endpoints }) => (endpoints ?? []).flatMap(({ addresses }) => addresses)),
    ],
  };
}
