import { error } from "../log/log-line.ts";
import type { Problem } from "../log/problem.ts";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { isPortNumber } from "../snapshot/port-range.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { printRestoreInput } from "./print-restore-input.ts";

/**
 * Why `iptables-restore` takes nothing of what a sync feeds it, as kube-proxy logs that; undefined when it takes all: a port
 * to which DNAT sends that is none (`xtables_param_act` of libxtables, iptables 1.8.9).
 */
export function restoreRefusal(program: IptablesProgram): Problem | undefined {
  const found = firstWithoutPort(program);
  if (found === undefined) return undefined;
  const { servicePort, endpoint } = found;
  const command = program.snapshot.basis.family === "IPv4" ? "iptables-restore" : "ip6tables-restore";
  const line = lineThatEnds(printRestoreInput(program), ` --to-destination ${endpoint.text}\n`);
  const said = [
    `${command} v1.8.9 (nf_tables): Port \`${endpoint.port}' not valid`,
    `Error occurred at line: ${line}`,
    `Try \`${command} -h' or '${command} --help' for more information.`,
  ];
  const values = { err: `exit status 2: ${said.join("\n")}\n` };
  return { servicePort, line: error("Failed to execute iptables-restore", values) };
}

/** The first endpoint in the order of the text. */
function firstWithoutPort({
  blocks,
  written,
}: IptablesProgram): { readonly servicePort: string; readonly endpoint: Endpoint } | undefined {
  for (const block of written === "all" ? blocks.values() : written) {
    for (const { plan } of block.ports) {
      const endpoint = plan.endpoints.reachable.find(({ port }) => !isPortNumber(port));
      if (endpoint !== undefined) return { servicePort: plan.port.name, endpoint };
    }
  }
  return undefined;
}

/** The number of the first line with this ASCII end, from 1. */
function lineThatEnds(bytes: Uint8Array, end: string): number {
  const wanted = [...end].map((letter) => letter.charCodeAt(0));
  let line = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    line++;
    const start = at + 1 - wanted.length;
    if (start >= 0 && wanted.every((code, i) => bytes[start + i] === code)) return line;
  }
  return 0;
}
