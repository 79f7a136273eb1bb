import type { EndpointSlice } from "../../model/endpoint-slice.ts";
import { type Cell, type KindTable, nameColumn, textColumns } from "./kind-table.ts";

/** pkg/printers/internalversion/printers.go, printEndpointSlice. */
export const endpointSliceTable: KindTable<EndpointSlice> = {
  columns: [nameColumn, ...textColumns("AddressType", "Ports", "Endpoints", "Age")],
  cells,
};

function cells(slice: EndpointSlice, age: string): Cell[] {
  const ports = (slice.ports ?? []).map((port) => (port.port === undefined ? (port.name ?? "*") : String(port.port)));
  const addresses = (slice.endpoints ?? []).flatMap((endpoint) => endpoint.addresses);
  return [slice.metadata.name, slice.addressType, firstThree(ports), firstThree(addresses), age];
}

function firstThree(texts: readonly string[]): string {
  const shown = texts.slice(0, 3).join(",");
  if (shown === "") return "<unset>";
  return texts.length > 3 ? `${shown} + ${texts.length - 3} more...` : shown;
}
