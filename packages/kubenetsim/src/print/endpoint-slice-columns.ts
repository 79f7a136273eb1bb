import type { EndpointSlice } from "@kubenetsim/core/model/endpoint-slice";

/** `kubectl get endpointslices`: kubernetes pkg/printers/internalversion printEndpointSlice. */
export const endpointSliceHeader: readonly string[] = ["NAME", "ADDRESSTYPE", "PORTS", "ENDPOINTS", "AGE"];

export function endpointSliceCells(slice: EndpointSlice): string[] {
  const ports = (slice.ports ?? []).map((port) => (port.port === undefined ? (port.name ?? "*") : String(port.port)));
  const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  return [slice.metadata.name, slice.addressType, firstThree(ports), firstThree(addresses)];
}

function firstThree(texts: readonly string[]): string {
  if (texts.length === 0) return "<unset>";
  const shown = texts.slice(0, 3).join(",");
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown;
}
