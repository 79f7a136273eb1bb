import { error } from "../log/log-line.ts";
import type { Problem } from "../log/problem.ts";
import type { ServicePort } from "../snapshot/service-port.ts";
import type { SetName } from "./set-catalog.ts";

/** An entry that does not come into its set. */
export interface RefusedEntry extends Problem {
  readonly set: SetName;
  /** It was kube-proxy itself that left it out; else it wants it there, and ipset (7.17) does not take it. */
  readonly isLeftOut: boolean;
}

/** An entry with a port below 0 (pkg/proxy/ipvs/ipset/ipset.go, Validate), or beyond 65535 (pkg/proxy/ipvs/ipset.go). */
export function refusedEntry(set: SetName, entry: string, port: number, { name, protocol }: ServicePort): RefusedEntry {
  if (port < 0) {
    return {
      set,
      isLeftOut: true,
      servicePort: name,
      line: error("Error adding entry to ipset", { entry, ipset: set }),
    };
  }
  const said = [
    `ipset v7.17: Syntax error: '${port}' is out of range 0-65535`,
    `Syntax error: '${protocol.toLowerCase()}' is invalid as number`,
    `cannot parse '${port}' as a ${protocol.toLowerCase()} port`,
  ];
  const err = `error adding entry ${entry}, error: exit status 1 (${said.join("\n")}\n)`;
  const line = error("Failed to add ip set entry to ip set", { err, ipSetEntry: entry, ipSet: set });
  return { set, isLeftOut: false, servicePort: name, line };
}
