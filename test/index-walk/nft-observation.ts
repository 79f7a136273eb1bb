import { formatAddress } from "@kubenetsim/core/net/address";
import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import { AddressBook, type DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import { ConditionNames } from "@kubenetsim/netfilter/engine/condition-names";
import type { Hook } from "@kubenetsim/netfilter/engine/hook";
import { hookNames } from "@kubenetsim/netfilter/engine/hook";
import { HookOrder } from "@kubenetsim/netfilter/engine/hook-order";
import type { HostState } from "@kubenetsim/netfilter/engine/match-evaluator";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { NftEvaluator } from "@kubenetsim/netfilter/engine/nft/nft-evaluator";
import { NftProgram } from "@kubenetsim/netfilter/engine/nft/nft-program";
import { ctState, ctStatus, type Packet } from "@kubenetsim/netfilter/engine/packet";
import { RecentLists } from "@kubenetsim/netfilter/engine/recent-lists";
import { natKind, RuleAnswer } from "@kubenetsim/netfilter/engine/rule-answer";
import { SetStore } from "@kubenetsim/netfilter/engine/set-store";
import { recordLength, Tape, tapeKind } from "@kubenetsim/netfilter/engine/tape";
import type { NftTable } from "@kubenetsim/netfilter/ruleset/nft-table";
import type { NftTransaction } from "@kubenetsim/netfilter/ruleset/nft-transaction";
import { NftOracle } from "./nft-oracle.ts";
import { type PacketSpec, packetFrom } from "./random-packets.ts";

/** A packet as it comes to one base chain, with what conntrack has made of it. */
export interface NftPacketSpec extends PacketSpec {
  readonly state: Exclude<keyof typeof ctState, "untracked">;
  readonly isTranslated: boolean;
}

export interface NftHostRules {
  readonly transactions: readonly NftTransaction[];
  readonly devices: readonly DeviceInput[];
}

/** One family's nft as code, with its indexes. */
class IndexedNft {
  readonly program: NftProgram;
  readonly clock = virtualClock();
  readonly answer = new RuleAnswer();
  readonly #evaluator: NftEvaluator;
  readonly #tape = new Tape(1024);

  constructor({ transactions, devices }: NftHostRules) {
    const { clock } = this;
    const random = seededRandom("o");
    const names = new ConditionNames(new SetStore());
    names.setDevices(devices);
    this.program = new NftProgram({ names, clock, order: new HookOrder(), random });
    for (const transaction of transactions) this.program.apply(transaction);
    const chance = random.fork("statistic");
    const addresses = new AddressBook(devices);
    const host: HostState = { names, addresses, recents: new RecentLists(), clock, chance, director: undefined };
    this.#evaluator = new NftEvaluator(this.program, host, this.answer);
  }

  send(table: NftTable, base: string, packet: Packet) {
    const meter = new Meter();
    this.#tape.rewind();
    const id = this.program.chains.idOf(table.family, table.name, base);
    const at = hookNames.indexOf(table.chains.get(base)!.base!.hook.toUpperCase() as (typeof hookNames)[number]);
    const given = this.#evaluator.run(id, at as Hook, packet, meter, this.#tape);
    return {
      verdict: ["accept", "drop", "reject"][given],
      mark: packet.mark,
      nat: natOf(this.answer, packet.v6),
      cost: meter.cost(),
      lines: linesOf(this.#tape, this.program),
    };
  }
}

/**
 * What rules as code, which find elements by hashing, and rules read word by word make of the same packets, at every base
 * chain of every table: verdict, mark, NAT, everything counted, and all that the tape says.
 */
export function observeNft(
  rules: NftHostRules,
  specs: readonly NftPacketSpec[],
): { code: unknown[]; oracle: unknown[] } {
  const seen: { code: unknown[]; oracle: unknown[] } = { code: [], oracle: [] };
  const locals = new Set(rules.devices.flatMap(({ addresses }) => addresses.map((text) => text.split("/")[0]!)));
  const isLocal = (address: string) => locals.has(address) || address.startsWith("127.") || address === "::1";
  const family = specs[0]?.source.length === 4 ? "ip6" : "ip";
  for (const { name } of new IndexedNft(rules).program.tables().filter((table) => table.family === family)) {
    const indexed = new IndexedNft(rules);
    const table = indexed.program.table(family, name)!;
    const oracle = new NftOracle(table, seededRandom("o").fork("statistic"), isLocal);
    for (const spec of specs) {
      indexed.clock.advance(spec.wait);
      for (const chain of table.chains.values()) {
        if (chain.base === undefined) continue;
        const packet = arriving(spec);
        seen.code.push(indexed.send(table, chain.name, packet));
        const verdict = oracle.send(chain.name, headerOf(spec, rules.devices), indexed.clock.nowMs);
        const { mark, nat, counts, lines } = oracle;
        seen.oracle.push({ verdict, mark, nat, cost: { ...nothing, ...counts }, lines: [...lines] });
      }
    }
    const after = indexed.program.table(family, name)!;
    seen.code.push(countersOf(after));
    seen.oracle.push(expectedCounters(table, oracle));
  }
  return seen;
}

const nothing = new Meter().cost();

function arriving(spec: NftPacketSpec): Packet {
  const packet = packetFrom(spec);
  packet.inDevice = spec.inDevice;
  packet.outDevice = spec.outDevice;
  packet.ctState = ctState[spec.state];
  packet.ctStatus = spec.isTranslated ? ctStatus.destinationNat : 0;
  return packet;
}

function headerOf(spec: NftPacketSpec, devices: readonly DeviceInput[]) {
  const { inDevice, outDevice, isTranslated, protocol } = spec;
  return {
    ...spec,
    sourcePort: protocol === 1 ? 0 : spec.sourcePort,
    destinationPort: protocol === 1 ? 0 : spec.destinationPort,
    inDevice: devices[inDevice]?.name ?? "",
    outDevice: devices[outDevice]?.name ?? "",
    status: isTranslated ? ["dnat"] : [],
  };
}

function natOf({ nat, natAddress, natPort, natRandom }: RuleAnswer, v6: boolean): string {
  if (nat === natKind.none) return "";
  if (nat === natKind.masquerade) return `masquerade ${natRandom}`;
  return `${formatAddress([...natAddress.subarray(0, v6 ? 4 : 1)])} ${natPort}`;
}

/** The tape's records of nft, as the oracle says them. */
function linesOf(tape: Tape, { tapeNames }: NftProgram): string[] {
  const chain = (id: number): string => tapeNames.chainName(~id).name;
  const lines: string[] = [];
  for (let record = 0; record < tape.length; record++) {
    const [kind, a, b, c, d] = [...tape.words.subarray(record * recordLength, record * recordLength + 5)] as [
      number,
      number,
      number,
      number,
      number,
    ];
    if (kind === tapeKind.chainEnter) lines.push(`enter ${chain(b)}`);
    else if (kind === tapeKind.chainLeave)
      lines.push(`leave ${chain(b)} ${c} ${["accept", "drop", "reject", "", "return"][d]}`);
    else if (kind === tapeKind.nftRule) lines.push(`rule ${chain(b)} ${c}`);
    else if (kind === tapeKind.nftLookup) lines.push(`lookup ${tapeNames.setName(a).name} ${b === 1}`);
    else if (kind === tapeKind.numgen) lines.push(`numgen ${c}`);
    else if (kind === tapeKind.mark) lines.push(`mark ${a} ${b}`);
  }
  return lines;
}

/** Packets of every counter, first those of the rules, then those with names. */
function countersOf({ chains, counters }: NftTable): number[] {
  const own = [...chains.values()].flatMap(({ rules }) =>
    rules.flatMap(({ statements }) =>
      statements.flatMap((one) => (one.kind === "counter" && one.name === undefined ? [one.packets ?? 0] : [])),
    ),
  );
  return [...own, ...[...counters.values()].map(({ packets }) => packets)];
}

function expectedCounters({ chains, counters }: NftTable, { counted }: NftOracle): number[] {
  const own = [...chains.values()].flatMap(({ rules }) =>
    rules.flatMap(({ statements }) =>
      statements.flatMap((one) =>
        one.kind === "counter" && one.name === undefined ? [(one.packets ?? 0) + (counted.get(one) ?? 0)] : [],
      ),
    ),
  );
  return [...own, ...[...counters.values()].map(({ name, packets }) => packets + (counted.get(name) ?? 0))];
}
