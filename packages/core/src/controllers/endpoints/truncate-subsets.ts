import type { EndpointAddress, EndpointSubset } from "../../model/endpoints.ts";

/** An Endpoints object holds so many addresses at most (pkg/controller/endpoint/endpoints_controller.go, maxCapacity). */
export const maxAddresses = 1000;

/**
 * Subsets with at most 1000 addresses: ready ones come first, and each subset keeps its share of them, rounded up
 * (truncateEndpoints). The same list when there are no more.
 */
export function truncateSubsets(subsets: readonly EndpointSubset[]): readonly EndpointSubset[] {
  const ready = count(subsets, (subset) => subset.addresses);
  const notReady = count(subsets, (subset) => subset.notReadyAddresses);
  if (ready + notReady <= maxAddresses) return subsets;
  const cutsReady = ready > maxAddresses;
  const room = cutsReady ? maxAddresses : maxAddresses - ready;
  const all = cutsReady ? ready : notReady;
  let left = room;
  const share = (addresses: readonly EndpointAddress[]): readonly EndpointAddress[] => {
    const kept = addresses.slice(0, Math.min(Math.ceil((addresses.length / all) * room), left));
    left -= kept.length;
    return kept;
  };
  return subsets.map(({ addresses, notReadyAddresses, ports }) => {
    const keptReady = cutsReady ? share(addresses ?? []) : (addresses ?? []);
    const keptNotReady = cutsReady ? [] : share(notReadyAddresses ?? []);
    return {
      ...(keptReady.length === 0 ? {} : { addresses: keptReady }),
      ...(keptNotReady.length === 0 ? {} : { notReadyAddresses: keptNotReady }),
      ...(ports === undefined ? {} : { ports }),
    };
  });
}

function count(
  subsets: readonly EndpointSubset[],
  of: (subset: EndpointSubset) => readonly EndpointAddress[] | null | undefined,
): number {
  return subsets.reduce((sum, subset) => sum + (of(subset)?.length ?? 0), 0);
}
