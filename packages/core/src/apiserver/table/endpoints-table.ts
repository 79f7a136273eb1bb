import type { Endpoints } from "../../model/endpoints.ts";
import { joinHostPort } from "../../net/endpoint-text.ts";
import { type KindTable, nameColumn, textColumns } from "./kind-table.ts";

/** pkg/printers/internalversion/printers.go, printEndpoints. */
export const endpointsTable: KindTable<Endpoints> = {
  columns: [nameColumn, ...textColumns("Endpoints", "Age")],
  cells: ({ metadata, subsets }, age) => [metadata.name, formatEndpoints(subsets ?? []), age],
};

const shown = 3;

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
