import type { IngressComparison, RequestFate } from "./compare-ingress-controllers.ts";

/** The requests whose fate changes, one a line, below what both are. */
export function ingressComparisonText({ from, to, asked, changed, log }: IngressComparison): string {
  const rows = [
    ["request", from, to],
    ...changed.map(({ request: { scheme, host, path }, before, after }) => [
      `${scheme}://${host}${path}`,
      fateText(before, path),
      fateText(after, path),
    ]),
  ];
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column]!.length)));
  const table = rows.map(([request, before, after]) =>
    `${request!.padEnd(widths[0]!)}  ${before!.padEnd(widths[1]!)}  ${after}`.trimEnd(),
  );
  const sum = `${changed.length} of ${asked} requests end otherwise`;
  const said = log.map(({ message }) => `${to} says: ${message}`);
  return `${[...(changed.length === 0 ? [] : [...table, ""]), sum, ...said].join("\n")}\n`;
}

function fateText({ status, service, url, location, isChance }: RequestFate, path: string): string {
  if (location !== undefined) return `${status} to ${location}`;
  if (service === undefined) return String(status);
  const whom = isChance ? `${service} by chance` : service;
  return url === path ? whom : `${whom} as ${url}`;
}
