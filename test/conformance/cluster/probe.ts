import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { IpAddress } from "@kubenetsim/core/net/address";
import { splitHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { Protocol } from "@kubenetsim/core/net/protocol";
import { load } from "js-yaml";

/** What was connected to what, how often. */
export interface Probe {
  /** `pod/ns/name`, `node/NAME` or an outside client's name. */
  readonly from: string;
  readonly destination: IpAddress;
  readonly port: number;
  readonly protocol: Protocol;
  readonly count: number;
  readonly source: IpAddress | undefined;
  /** All connections must come out alike. */
  readonly sticky: boolean;
}

interface WrittenProbe {
  readonly from: string;
  readonly to: string;
  readonly n: number;
  readonly src?: string;
  readonly sticky?: boolean;
}

/** The probes of a case, in order. */
export function readProbes(folder: string): Probe[] {
  const file = join(folder, "probes.yaml");
  if (!existsSync(file)) return [];
  return (load(readFileSync(file, "utf8")) as WrittenProbe[]).map(readProbe);
}

function readProbe(written: WrittenProbe): Probe {
  const [endpoint, protocol] = written.to.split("/");
  const target = splitHostPort(endpoint!);
  if (target === undefined) throw new Error(`a probe to ${written.to}`);
  return {
    from: written.from,
    destination: target.host as IpAddress,
    port: target.port,
    protocol: (protocol ?? "tcp").toUpperCase() as Protocol,
    count: written.n,
    source: written.src as IpAddress | undefined,
    sticky: written.sticky ?? false,
  };
}

/** What a recording says of one probe: its heading, and its outcomes as a set (one line, for a sticky one). */
export interface ProbeRecord {
  readonly heading: string;
  readonly outcomes: readonly string[];
}

/** The records of a `probes.txt`, in order. */
export function readProbeRecords(text: string): ProbeRecord[] {
  const records: { heading: string; outcomes: string[] }[] = [];
  for (const line of text.split("\n")) {
    if (line === "") continue;
    if (line.startsWith(" ")) records.at(-1)?.outcomes.push(line.trim());
    else {
      const [, heading, sticky] = /^(.*? n=\d+):(?: (sticky=.*))?$/.exec(line) ?? [];
      if (heading === undefined) throw new Error(`probes.txt: ${line}`);
      records.push({ heading, outcomes: sticky === undefined ? [] : [sticky] });
    }
  }
  return records;
}
