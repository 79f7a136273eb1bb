import type { Endpoints } from "@kubenetsim/core/model/endpoints";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";

/** `kubectl get endpoints`: kubernetes pkg/printers/internalversion printEndpoints. */
export const endpointsHeader: readonly string[] = ["NAME", "ENDPOINTS", "AGE"];

const shown = 3;

export function endpointsCells({ metadata, subsets }: Endpoints): string[] {
  return [metadata.name, formatEndpoints(subsets ?? [])];
}

/** Ready addresses with their ports, the first three of them. */
function formatEndpoints(subsets: NonNullable<Endpoints["subsets"]>): string {
  if (subsets.length === 0) return "<none>";
  const all = subsets.flatMap(({ addresses, ports }) => {
    const ips = (addresses ?? []).map(({ ip }) => ip);
    if (!ports?.length) return ips;
    return ports.flatMap(({ port }) => ips.map((ip) => joinHostPort(ip, port)));
  });
  const text = all.slice(0, shown).join(",");
  return all.length > shown ? `${text} + ${all.length - shown} more...` : text;
}
