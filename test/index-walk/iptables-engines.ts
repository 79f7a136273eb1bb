import { virtualClock } from "@kubenetsim/core/runtime/clock";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { DeviceInput } from "@kubenetsim/netfilter/engine/address-book";
import { hook } from "@kubenetsim/netfilter/engine/hook";
import { Kernel } from "@kubenetsim/netfilter/engine/kernel";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { recordLength, Tape } from "@kubenetsim/netfilter/engine/tape";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import type { IpSet } from "@kubenetsim/netfilter/ruleset/ip-set";
import type { Ruleset } from "@kubenetsim/netfilter/ruleset/ruleset";
import type { VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import { type PacketSpec, packetFrom, ways } from "./random-packets.ts";

/** Rules with what they ask of their host. */
export interface IptablesHost {
  readonly ruleset: Ruleset;
  readonly sets: readonly IpSet[];
  readonly devices: readonly DeviceInput[];
  readonly virtualServers: readonly VirtualServer[];
  /** No packet's connection is tracked. */
  readonly stateless: boolean;
}

/** Everything that can be seen of packets that go by a host, one after the other: by the index, or by comparing rule after rule. */
export function observe(engine: "index" | "walk", host: IptablesHost, specs: readonly PacketSpec[]): unknown {
  const { ruleset, sets, devices, virtualServers, stateless } = host;
  const clock = virtualClock();
  const director = new IpvsDirector({ clock, schedulers: ipvsSchedulers });
  if (virtualServers.length > 0) director.load(virtualServers);
  const ipvs = virtualServers.length > 0 ? { director } : {};
  const kernel = new Kernel({ random: seededRandom("t"), clock, devices, engine, ...ipvs });
  kernel.loadSets(sets);
  kernel.load(ruleset);
  const tape = new Tape(4096);
  const packets = specs.map((spec) => {
    clock.advance(spec.wait);
    const packet = packetFrom(spec);
    packet.stateless = stateless;
    const meter = new Meter();
    tape.rewind();
    const verdicts: number[] = [];
    for (const at of ways[spec.way]) {
      if (at === hook.FORWARD || at === hook.POSTROUTING) packet.outDevice = spec.outDevice;
      verdicts.push(kernel.runHook(at, packet, meter, tape));
      if (verdicts.at(-1) !== 0) break;
    }
    // The number of a draw and the cascade stand in `fate`, in words of each engine's own code.
    const { fate, ...registers } = packet;
    const { more, draws, value, chosen } = fate;
    const records = [...tape.words.subarray(0, tape.length * recordLength)];
    return { verdicts, registers, chance: { more, draws, value, chosen }, cost: meter.cost(), records };
  });
  return { packets, rules: kernel.ruleset(ruleset.family), accounts: kernel.nfacct() };
}
