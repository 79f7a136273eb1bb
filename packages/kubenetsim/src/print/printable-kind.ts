/** The kinds that `get` prints, by every name that kubectl takes for them. */
export type PrintableKind = "Service" | "Endpoints" | "EndpointSlice" | "Pod" | "Node";

export const kindsByName: ReadonlyMap<string, PrintableKind> = new Map<string, PrintableKind>([
  ["svc", "Service"],
  ["service", "Service"],
  ["services", "Service"],
  ["endpoints", "Endpoints"],
  ["ep", "Endpoints"],
  ["endpointslices", "EndpointSlice"],
  ["endpointslice", "EndpointSlice"],
  ["pods", "Pod"],
  ["pod", "Pod"],
  ["po", "Pod"],
  ["nodes", "Node"],
  ["node", "Node"],
  ["no", "Node"],
]);
