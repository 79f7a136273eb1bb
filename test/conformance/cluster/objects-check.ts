import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ApiObject } from "@kubenetsim/core/model/api-object";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { EndpointAddress, Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Service } from "@kubenetsim/core/model/service";
import { loadAll } from "js-yaml";
import { firstSetDifference } from "../first-difference.ts";
import { kubectlDifference } from "./kubectl-check.ts";
import type { Scenario } from "./scenario.ts";

/** Holds a file of recorded objects against those of the API server and the controllers. */
export function objectsDifference(scenario: Scenario, file: string): string | undefined {
  if (file.startsWith("kubectl/")) return kubectlDifference(scenario, file);
  const { Service, Endpoints, EndpointSlice, Ingress } = scenario.state.tables;
  const expected = (): string[] => readObjects(join(scenario.path, "expected", file)).map(sortedJson);
  switch (file) {
    case "services.yaml":
      return firstSetDifference(expected(), Service.values().map(plainObject).map(sortedJson));
    case "ingresses.yaml":
      return firstSetDifference(expected(), Ingress.values().map(plainObject).map(sortedJson));
    case "endpointslices.yaml":
      return firstSetDifference(expected(), EndpointSlice.values().map(plainSlice).map(sortedJson));
    case "endpoints.yaml":
      return firstSetDifference(
        (readObjects(join(scenario.path, "expected", file)) as Endpoints[]).map(plainEndpoints).map(sortedJson),
        Endpoints.values().map(plainEndpoints).map(sortedJson),
      );
    default:
      return "not modelled yet";
  }
}

function readObjects(path: string): object[] {
  return (loadAll(readFileSync(path, "utf8")) as (object | null)[]).filter((object) => object !== null);
}

/** The fields that the recordings left out. */
function plainMetadata(metadata: Service["metadata"]): object {
  const { uid, resourceVersion, generation, creationTimestamp, managedFields, ...rest } = metadata;
  return { ...rest, ...(rest.ownerReferences && { ownerReferences: rest.ownerReferences.map(withoutUid) }) };
}

function withoutUid<T extends { readonly uid?: string }>({ uid, ...rest }: T): object {
  return rest;
}

function plainObject(object: ApiObject): object {
  return { ...object, metadata: plainMetadata(object.metadata) };
}

/** Subsets are sorted by a hash that holds the Pods' random uids, so their order differs from run to run. */
function plainEndpoints(endpoints: Endpoints): object {
  const address = ({ targetRef, ...rest }: EndpointAddress): object => ({
    ...rest,
    ...(targetRef && { targetRef: withoutUid(targetRef) }),
  });
  const subsets = endpoints.subsets?.map((subset) => ({
    ...subset,
    ...(subset.addresses && { addresses: subset.addresses.map(address) }),
    ...(subset.notReadyAddresses && { notReadyAddresses: subset.notReadyAddresses.map(address) }),
  }));
  const byText = subsets?.toSorted((a, b) => (sortedJson(a) < sortedJson(b) ? -1 : 1));
  return {
    ...endpoints,
    metadata: withPlainTime(plainMetadata(endpoints.metadata)),
    ...(byText && { subsets: byText }),
  };
}

const triggerTime = "endpoints.kubernetes.io/last-change-trigger-time";

function withPlainTime(metadata: { readonly annotations?: Service["metadata"]["annotations"] }): object {
  const { annotations } = metadata;
  return annotations?.[triggerTime]
    ? { ...metadata, annotations: { ...annotations, [triggerTime]: "TIME" } }
    : metadata;
}

function plainSlice(slice: EndpointSlice): object {
  const metadata = withPlainTime(plainMetadata(slice.metadata));
  const name = slice.metadata.generateName === undefined ? slice.metadata.name : `${slice.metadata.generateName}xxxxx`;
  return {
    ...slice,
    metadata: { ...metadata, name },
    endpoints: (slice.endpoints ?? []).map(({ targetRef, ...endpoint }) => ({
      ...endpoint,
      ...(targetRef && { targetRef: withoutUid(targetRef) }),
    })),
  };
}

type Endpoint = NonNullable<EndpointSlice["endpoints"]>[number];

function byFirstAddress(a: Endpoint, b: Endpoint): number {
  return a.addresses[0]! < b.addresses[0]! ? -1 : 1;
}

/** JSON with sorted keys, endpoints by address; fields without a value are left out. A list that Go prints as null has no elements. */
function sortedJson(value: object): string {
  return JSON.stringify(value, (key, entry: unknown) => {
    if (entry === null && key === "ports") return [];
    if (key === "endpoints") return (entry as EndpointSlice["endpoints"])?.toSorted(byFirstAddress);
    if (typeof entry !== "object" || entry === null || Array.isArray(entry)) return entry;
    return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}
