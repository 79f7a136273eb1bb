import type { Change } from "@kubenetsim/core/apiserver/cluster-state";
import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";
import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import type { Service } from "@kubenetsim/core/model/service";
import { endpointsObject, serviceKey, serviceObject, sliceObject } from "./made-cluster.ts";
import type { Parameters } from "./parameters.ts";
import type { Site } from "./site.ts";

/** One object that is another one, is new or is gone. */
export type ObjectChange = Pick<Change, "key"> &
  (
    | { readonly kind: "Service"; readonly before: Service | undefined; readonly after: Service | undefined }
    | {
        readonly kind: "EndpointSlice";
        readonly before: EndpointSlice | undefined;
        readonly after: EndpointSlice | undefined;
      }
    | { readonly kind: "Endpoints"; readonly before: Endpoints | undefined; readonly after: Endpoints | undefined }
  );

/** What changes between two syncs: what was to be lost, or, backwards, what comes. */
export interface Churn {
  /** Brings the made cluster to what stands before the second sync. */
  readonly first: readonly ObjectChange[];
  readonly second: readonly ObjectChange[];
}

export function churnOf(parameters: Parameters, site: Site): Churn {
  const lost = changedNumbers(parameters).flatMap((number) => lossOf(number, parameters, site));
  const isGain = parameters.change === "endpoints-gained" || parameters.change === "service-added";
  return isGain ? { first: lost, second: lost.map(backwards) } : { first: [], second: lost };
}

/** Spread evenly over all Services. */
function changedNumbers({ services, churn }: Parameters): number[] {
  return Array.from({ length: churn }, (_, i) => Math.floor(((2 * i + 1) * services) / (2 * churn)));
}

function lossOf(number: number, parameters: Parameters, site: Site): ObjectChange[] {
  const { endpoints, change, endpointChurn } = parameters;
  const key = serviceKey(number, site);
  const isWhole = change === "service-removed" || change === "service-added";
  const left = endpoints - endpointChurn;
  const slice: ObjectChange = {
    kind: "EndpointSlice",
    key,
    before: sliceObject(number, endpoints, site),
    after: isWhole ? undefined : sliceObject(number, left, site),
  };
  const endpointsChange: ObjectChange = {
    kind: "Endpoints",
    key,
    before: endpointsObject(number, endpoints, site),
    after: isWhole ? undefined : endpointsObject(number, left, site),
  };
  if (!isWhole) return [slice, endpointsChange];
  return [
    { kind: "Service", key, before: serviceObject(number, parameters, site), after: undefined },
    slice,
    endpointsChange,
  ];
}

function backwards(change: ObjectChange): ObjectChange {
  return { ...change, before: change.after, after: change.before } as ObjectChange;
}
