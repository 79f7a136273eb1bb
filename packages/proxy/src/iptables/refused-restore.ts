import type { RestoreError } from "@kubenetsim/netfilter/ruleset/restore-error";
import { error } from "../log/log-line.ts";
import type { Problem } from "../log/problem.ts";
import type { Endpoint } from "../snapshot/endpoint.ts";
import { isPortNumber } from "../snapshot/port-range.ts";
import type { IptablesProgram } from "./iptables-program.ts";
import { printRestoreInput } from "./print-restore-input.ts";

/**
 * Why `iptables-restore` does not take the nat table of a sync, as kube-proxy logs that; undefined when it does: a port
 * to which DNAT sends that is none (`xtables_param_act` of libxtables, iptables 1.8.9).
 */
export function impossiblePort(program: IptablesProgram): Problem | undefined {
  const found = firstWithoutPort(program);
  if (found === undefined) return undefined;
  const { servicePort, endpoint } = found;
  const line = lineThatEnds(printRestoreInput(program), ` --to-destination ${endpoint.text}\n`);
  return refusal(program, line, `Port \`${endpoint.port}' not valid`, servicePort);
}

/** The same for a jump to a chain that somebody has taken away, which comes out when its table is committed. */
export function missingChain(program: IptablesProgram, { table, chain }: RestoreError): Problem {
  const tables = program.input.tables.map(({ name }) => name);
  const line = lineThatEnds(printRestoreInput(program), "COMMIT\n", tables.indexOf(table));
  return refusal(program, line, `Chain '${chain}' does not exist`, undefined);
}

function refusal(program: IptablesProgram, line: number, reason: string, servicePort: string | undefined): Problem {
  const command = program.snapshot.basis.family === "IPv4" ? "iptables-restore" : "ip6tables-restore";
  const said = [
    `${command} v1.8.9 (nf_tables): ${reason}`,
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

/** The number of the first line with this ASCII end, from 1, or of that after so many others. */
function lineThatEnds(bytes: Uint8Array, end: string, after = 0): number {
  let others = after;
  const wanted = [...end].map((letter) => letter.charCodeAt(0));
  let line = 0;
  for (let at = bytes.indexOf(10); at >= 0; at = bytes.indexOf(10, at + 1)) {
    line++;
    const start = at + 1 - wanted.length;
    if (start >= 0 && wanted.every((code, i) => bytes[start + i] === code) && others-- === 0) return line;
  }
  return 0;
}
