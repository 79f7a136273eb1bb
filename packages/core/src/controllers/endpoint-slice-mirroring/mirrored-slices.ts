import type { EndpointPort, EndpointSlice, SliceEndpoint } from "../../model/endpoint-slice.ts";
import type { EndpointAddress, EndpointSubsetPort, Endpoints } from "../../model/endpoints.ts";
import { familyOf, type IpFamily, parseAddress } from "../../net/address.ts";
import { portGroupKey } from "../endpoint-slice/endpoint-ports.ts";
import { newSlice } from "../endpoint-slice/new-slice.ts";
import { managedByLabel, serviceNameLabel } from "../endpoint-slice/slice-labels.ts";
import { triggerTimeAnnotation } from "../endpoint-slice/trigger-time.ts";
import { repackSubsets } from "../endpoints/repack-subsets.ts";

export const mirroringControllerName = "endpointslicemirroring-controller.k8s.io";
const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
/** `--mirroring-max-endpoints-per-subset` of kube-controller-manager. */
const maxEndpointsPerSubset = 1000;

/** A slice that is to be, without a name. `key` tells what it stands for: its family and ports. */
export interface MirroredSlice {
  readonly key: string;
  readonly slice: EndpointSlice;
}

/**
 * The slices that mirror an Endpoints object: one for each subset and family, at most 1000 addresses of a subset, the ready
 * ones first (pkg/controller/endpointslicemirroring/reconciler.go).
 */
export function mirroredSlices(endpoints: Endpoints): readonly MirroredSlice[] {
  const slices = new Map<string, MirroredSlice>();
  for (const { addresses, notReadyAddresses, ports } of repackSubsets(endpoints.subsets ?? [])) {
    const slicePorts = (ports ?? []).map(slicePort);
    const mirrored = [
      ...(addresses ?? []).map((address) => mirroredEndpoint(address, true)),
      ...(notReadyAddresses ?? []).map((address) => mirroredEndpoint(address, false)),
    ];
    for (const { family, endpoint } of mirrored.filter((one) => one !== undefined).slice(0, maxEndpointsPerSubset)) {
      const key = sliceKey(family, slicePorts);
      const known = slices.get(key) ?? { key, slice: newSlice(endpoints, family, slicePorts, copiedMeta(endpoints)) };
      slices.set(key, { key, slice: { ...known.slice, endpoints: [...(known.slice.endpoints ?? []), endpoint] } });
    }
  }
  return [...slices.values()];
}

export function keyOfSlice({ addressType, ports }: EndpointSlice): string {
  return sliceKey(addressType, ports ?? []);
}

function sliceKey(family: string, ports: readonly EndpointPort[]): string {
  return `${family}-${portGroupKey(ports)}`;
}

function slicePort({ name = "", port, protocol = "TCP", appProtocol }: EndpointSubsetPort): EndpointPort {
  return { name, port, protocol, ...(appProtocol === undefined ? {} : { appProtocol }) };
}

/** Undefined for what is no IP address: it is left out. */
function mirroredEndpoint(
  { ip, hostname, nodeName, targetRef }: EndpointAddress,
  ready: boolean,
): { readonly family: IpFamily; readonly endpoint: SliceEndpoint } | undefined {
  const address = parseAddress(ip);
  if (address === undefined) return undefined;
  const endpoint: SliceEndpoint = {
    addresses: [address],
    conditions: { ready },
    ...(hostname ? { hostname } : {}),
    ...(targetRef === undefined ? {} : { targetRef }),
    ...(nodeName === undefined ? {} : { nodeName }),
  };
  return { family: familyOf(address), endpoint };
}

function copiedMeta({ metadata }: Endpoints): Pick<EndpointSlice["metadata"], "labels" | "annotations"> {
  const { [triggerTimeAnnotation]: _, [lastApplied]: __, ...annotations } = metadata.annotations ?? {};
  return {
    labels: { ...metadata.labels, [serviceNameLabel]: metadata.name, [managedByLabel]: mirroringControllerName },
    ...(Object.keys(annotations).length === 0 ? {} : { annotations }),
  };
}
