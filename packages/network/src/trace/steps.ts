import { formatAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { InvariantError } from "@kubenetsim/core/runtime/errors";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type {
  ConntrackStep,
  IpvsStep,
  NatStep,
  RelayStep,
  RouteStep,
  SetLookupStep,
  SocketStep,
  Step,
} from "@kubenetsim/core/trace/step";
import { hookNames } from "@kubenetsim/netfilter/engine/hook";
import { tapeKind } from "@kubenetsim/netfilter/engine/tape";
import { verdict } from "@kubenetsim/netfilter/engine/verdict";
import type { Host } from "../topology/host.ts";
import { relayChoices } from "../topology/relay.ts";
import { readBalance } from "./balance-step.ts";
import { isHeader, readHeader } from "./header.ts";
import type { KernelNames } from "./kernel-names.ts";
import { readNftLookup, readNftRule, readNumgen } from "./nft-steps.ts";
import type { HopRecords, RecordRange } from "./record-range.ts";
import { nextRecord } from "./record-store.ts";
import { RuleView } from "./rule-view.ts";
import { setEntry } from "./set-entry.ts";

/** What one host wrote on the tape, as steps; headers have the source port given unless it is -1. */
export function readSteps(range: HopRecords, sourcePort: number): Step[] {
  const { words } = range;
  const steps: Step[] = [];
  let header = -1;
  for (let at = range.start; at < range.end; at = nextRecord(words, at)) {
    const kind = words[at]!;
    if (isHeader(kind)) header = at + 1;
    else if (kind === tapeKind.dnat || kind === tapeKind.snat) steps.push(readNat(words, at, header, sourcePort));
    else {
      const step = readStep(words, at + 1, kind, header, range, sourcePort);
      if (step !== undefined) steps.push(step);
    }
  }
  return steps;
}

/** A record of any kind but the headers' and NAT's; undefined for what is no step. */
function readStep(
  words: Int32Array,
  at: number,
  kind: number,
  header: number,
  { host, names }: HopRecords,
  sourcePort: number,
): Step | undefined {
  switch (kind) {
    case tapeKind.conntrack:
      return readConntrack(words, at);
    case tapeKind.chainLeave: {
      const id = words[at + 1]!;
      const { table, chain } = id < 0 ? known(names).nftChain(~id) : known(names).chain(id);
      const rulesCompared = words[at + 2]!;
      return {
        kind: "chain",
        hook: hookNames[words[at]!]!,
        table,
        chain,
        rulesCompared,
        verdict: verdictWord(words[at + 3]!),
      };
    }
    case tapeKind.rule:
      return new RuleView(hookNames[words[at]!]!, known(names).chain(words[at + 1]!), words[at + 2]!);
    case tapeKind.setLookup:
      return readSetLookup(words, at, known(names), readHeader(words, header, sourcePort));
    case tapeKind.nftRule:
      return readNftRule(words, at, known(names));
    case tapeKind.nftLookup:
      return readNftLookup(words, at, known(names));
    case tapeKind.numgen:
      return readNumgen(words, at);
    case tapeKind.mark:
      return { kind: "mark", before: words[at]! >>> 0, after: words[at + 1]! >>> 0 };
    case tapeKind.ipvs:
      return readIpvs(words, at, known(names));
    case tapeKind.route:
      return readRoute(words, at, host);
    case tapeKind.socket:
      return readSocket(words, at, host);
    case tapeKind.relay:
      return readRelay(words, at, host, readHeader(words, header, sourcePort));
    case tapeKind.balance:
      return readBalance(words, at, host, readHeader(words, header, sourcePort));
    default:
      return undefined;
  }
}

const conntrackStates: readonly ConntrackStep["state"][] = ["UNTRACKED", "NEW", "ESTABLISHED", "RELATED", "INVALID"];

function readConntrack(words: Int32Array, at: number): ConntrackStep {
  const direction = words[at + 1] === 1 ? "reply" : "original";
  return { kind: "conntrack", state: conntrackStates[words[at]!]!, direction };
}

function readNat(words: Int32Array, at: number, header: number, sourcePort: number): NatStep {
  const after = nextRecord(words, at);
  if (header < 0 || !isHeader(words[after]!)) throw new InvariantError("a rewrite on the tape has no header");
  return {
    kind: words[at] === tapeKind.dnat ? "dnat" : "snat",
    by: (["rule", "conntrack", "ipvs"] as const)[words[at + 1]!]!,
    before: readHeader(words, header, sourcePort),
    after: readHeader(words, after + 1, sourcePort),
  };
}

function readSetLookup(words: Int32Array, at: number, names: KernelNames, header: PacketHeader): SetLookupStep {
  const entry = setEntry(names.setType(words[at]!), words[at + 2]!, header);
  return { kind: "set-lookup", set: names.setName(words[at]!), entry, hit: words[at + 1] === 1 };
}

function readIpvs(words: Int32Array, at: number, names: KernelNames): IpvsStep {
  const server = names.virtualServer(words[at]!);
  const real = words[at + 1]! < 0 ? undefined : names.realServer(words[at + 1]!);
  return {
    kind: "ipvs",
    virtualServer: server === undefined ? "(gone)" : `${server.protocol} ${joinHostPort(server.address, server.port)}`,
    scheduler: server?.scheduler ?? "",
    realServer: real === undefined ? undefined : joinHostPort(real.address, real.port),
    by: (["scheduler", "connection", "persistence"] as const)[words[at + 2]!]!,
    origin: server?.origin,
  };
}

function readRoute(words: Int32Array, at: number, host: Host): RouteStep {
  const device = words[at + 1]! < 0 ? undefined : host.devices[words[at + 1]!]!.name;
  const length = words[at + 2]!;
  const gateway = [...words.subarray(at + 3, at + 3 + length)];
  return {
    kind: "route",
    decision: (["local", "forward", "none"] as const)[words[at]!]!,
    device,
    via: length === 0 ? undefined : formatAddress(gateway),
  };
}

function readSocket(words: Int32Array, at: number, host: Host): SocketStep {
  const process = words[at + 2]! < 0 ? undefined : host.sockets.processes[words[at + 2]!];
  return { kind: "socket", port: words[at]!, listening: words[at + 1] === 1, process: process?.name ?? host.name };
}

function readRelay(
  words: Int32Array,
  at: number,
  host: Host,
  { destination, destinationPort }: PacketHeader,
): RelayStep {
  const process = host.sockets.processes[words[at]!]!;
  const by = relayChoices[words[at + 1]!]!;
  const position = words[at + 2]!;
  const attempt = words[at + 4]!;
  return {
    kind: "relay",
    process: process.name,
    servicePort: process.relay!.servicePort,
    endpoint: by === "nobody" ? undefined : joinHostPort(destination, destinationPort),
    by,
    position: position === 0 ? undefined : position,
    endpoints: words[at + 3]!,
    attempt: attempt + 1,
    dialTimeoutMs: process.relay!.dialTimeoutsMs[attempt]!,
  };
}

function verdictWord(number: number): string {
  switch (number) {
    case verdict.accept:
      return "ACCEPT";
    case verdict.drop:
      return "DROP";
    case verdict.reject:
      return "REJECT";
    case verdict.stolen:
      return "STOLEN";
    default:
      return "RETURN";
  }
}

function known(names: KernelNames | undefined): KernelNames {
  if (names === undefined) throw new InvariantError("a host without a kernel wrote of rules");
  return names;
}

/** Where the slots of a range's last header begin. */
export function lastHeader({ words, start, end }: RecordRange): number {
  let header = -1;
  for (let at = start; at < end; at = nextRecord(words, at)) if (isHeader(words[at]!)) header = at + 1;
  if (header < 0) throw new InvariantError("a hop on the tape has no header");
  return header;
}
