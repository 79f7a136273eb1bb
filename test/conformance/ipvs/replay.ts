import { addressWords, formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { protocolNumbers } from "@kubenetsim/core/net/protocol";
import { type Clock, virtualClock } from "@kubenetsim/core/runtime/clock";
import { Meter } from "@kubenetsim/netfilter/engine/meter";
import { Packet, tcpFlag } from "@kubenetsim/netfilter/engine/packet";
import { verdict } from "@kubenetsim/netfilter/engine/verdict";
import { IpvsDirector } from "@kubenetsim/netfilter/ipvs/director";
import { readIpvsSysctls } from "@kubenetsim/netfilter/ipvs/settings";
import type { RealServer, SchedulerFlag, VirtualServer } from "@kubenetsim/netfilter/ruleset/virtual-server";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import type { Backend, Edit, Open, SequenceEvent, SequencePlan, SequenceState } from "./sequence.ts";

export interface Replay {
  readonly picks: (string | null)[];
  readonly states: SequenceState[];
  readonly director: IpvsDirector;
}

/** The next event comes later than what the kernel leaves to a worker when a server goes: a few ticks. */
const settledMs = 30;

/** Does with our director what a sequence says was done with the kernel's: clients and servers are all on one host. */
export function replay(sequence: SequencePlan): Replay {
  const host = new Host(sequence);
  const states = [host.state()];
  for (const event of sequence.events) {
    host.play(event);
    states.push(host.state());
  }
  return { picks: host.picks, states, director: host.director };
}

interface Connection {
  readonly client: Open;
  readonly server: { readonly words: readonly number[]; readonly port: number };
}

class Host {
  readonly picks: (string | null)[] = [];
  readonly director: IpvsDirector;
  readonly #clock: Clock = virtualClock();
  readonly #meter = new Meter();
  readonly #sequence: SequencePlan;
  readonly #sysctls = new Map<string, number>();
  readonly #connections: (Connection | undefined)[] = [];
  #virtualServer: VirtualServer;

  constructor(sequence: SequencePlan) {
    this.#sequence = sequence;
    this.director = new IpvsDirector({ clock: this.#clock, schedulers: ipvsSchedulers });
    this.#setSysctls(sequence.sysctls ?? {});
    if (sequence.timeouts !== undefined) this.#setTimeouts(sequence.timeouts);
    this.#virtualServer = virtualServerOf(sequence);
    this.director.setVirtualServer(this.#virtualServer);
    for (const backend of sequence.backends) this.director.addRealServer(this.#virtualServer, realServerOf(backend));
  }

  play(event: SequenceEvent): void {
    if (event.open !== undefined) this.#open(event.open);
    if (event.close !== undefined) this.#close(event.close);
    if (event.reset !== undefined) this.#reset(event.reset);
    if (event.add !== undefined) this.director.addRealServer(this.#virtualServer, realServerOf(event.add));
    if (event.remove !== undefined) {
      this.director.deleteRealServer(this.#virtualServer, event.remove.ip as IpAddress, event.remove.port);
      this.#clock.advance(settledMs);
    }
    if (event.setWeight !== undefined) {
      this.director.editRealServer(this.#virtualServer, realServerOf(event.setWeight));
    }
    if (event.setScheduler !== undefined) {
      this.#virtualServer = virtualServerOf(editedAs(this.#sequence, event.setScheduler));
      this.director.editVirtualServer(this.#virtualServer);
    }
    if (event.setSysctls !== undefined) this.#setSysctls(event.setSysctls);
    if (event.setTimeouts !== undefined) this.#setTimeouts(event.setTimeouts);
    if (event.wait !== undefined) this.#clock.advance(event.wait * 1000);
  }

  state(): SequenceState {
    const [listing] = this.director.list();
    return listing!.realServers.map(({ realServer, activeConnections, inactiveConnections }) => [
      joinHostPort(realServer.address, realServer.port),
      realServer.weight,
      activeConnections,
      inactiveConnections,
    ]);
  }

  #setSysctls(values: Readonly<Record<string, number>>): void {
    for (const [name, value] of Object.entries(values)) this.#sysctls.set(`net/ipv4/vs/${name}`, value);
    this.director.configure({ sysctls: readIpvsSysctls(this.#sysctls) });
  }

  #setTimeouts([tcp, tcpFin, udp]: readonly [number, number, number]): void {
    this.director.configure({ timeouts: { tcp, tcpFin, udp } });
  }

  #open(client: Open): void {
    const server = this.#send(client, tcpFlag.SYN);
    this.#connections.push(server && { client, server });
    this.picks.push(server === undefined ? null : joinHostPort(formatAddress(server.words), server.port));
    if (server === undefined || this.#sequence.proto === "udp") return;
    this.#answer({ client, server }, tcpFlag.SYN | tcpFlag.ACK);
    this.#send(client, tcpFlag.ACK);
  }

  /** FIN from the client, FIN with the acknowledgement from the server, and the last acknowledgement. */
  #close(index: number): void {
    const connection = this.#take(index);
    if (connection === undefined || this.#sequence.proto === "udp") return;
    this.#send(connection.client, tcpFlag.FIN | tcpFlag.ACK);
    this.#answer(connection, tcpFlag.FIN | tcpFlag.ACK);
    this.#send(connection.client, tcpFlag.ACK);
  }

  #reset(index: number): void {
    const connection = this.#take(index);
    if (connection === undefined || this.#sequence.proto === "udp") return;
    this.#send(connection.client, tcpFlag.RST | tcpFlag.ACK);
  }

  #take(index: number): Connection | undefined {
    const connection = this.#connections[index];
    // What was never opened cannot be closed; it gets no place among those that were.
    if (connection !== undefined) this.#connections[index] = undefined;
    return connection;
  }

  /** Sends a packet to the virtual server; where it goes, or undefined when the client gets an error. */
  #send(client: Open, flags: number): Connection["server"] | undefined {
    const packet = this.#packet(flags);
    setSource(packet, addressWords(client.src as IpAddress), client.sport);
    setDestination(
      packet,
      addressWords((client.dst ?? this.#sequence.vip) as IpAddress),
      client.dport ?? this.#sequence.vport,
    );
    packet.mark = this.#sequence.fwmark ?? 0;
    if (this.director.incoming(packet, this.#meter, null) !== verdict.stolen) return undefined;
    const words = [packet.dst0, packet.dst1, packet.dst2, packet.dst3].slice(0, packet.v6 ? 4 : 1);
    return { words, port: packet.destinationPort };
  }

  #answer({ client, server }: Connection, flags: number): void {
    const packet = this.#packet(flags);
    setSource(packet, server.words, server.port);
    setDestination(packet, addressWords(client.src as IpAddress), client.sport);
    this.director.outgoing(packet, this.#meter, null);
  }

  #packet(flags: number): Packet {
    const packet = new Packet();
    packet.v6 = this.#sequence.vip.includes(":");
    packet.protocol = this.#sequence.proto === "tcp" ? protocolNumbers.TCP : protocolNumbers.UDP;
    packet.tcpFlags = flags;
    packet.bytes = (packet.v6 ? 40 : 20) + this.#transportBytes(flags);
    return packet;
  }

  /** One byte in UDP; TCP headers with the options that Linux sends: 20 bytes of them with SYN, 12 later. */
  #transportBytes(flags: number): number {
    if (this.#sequence.proto === "udp") return 9;
    return flags & tcpFlag.SYN ? 40 : 32;
  }
}

function setSource(packet: Packet, words: readonly number[], port: number): void {
  packet.src0 = words[0]!;
  packet.src1 = words[1] ?? 0;
  packet.src2 = words[2] ?? 0;
  packet.src3 = words[3] ?? 0;
  packet.sourcePort = port;
}

function setDestination(packet: Packet, words: readonly number[], port: number): void {
  packet.dst0 = words[0]!;
  packet.dst1 = words[1] ?? 0;
  packet.dst2 = words[2] ?? 0;
  packet.dst3 = words[3] ?? 0;
  packet.destinationPort = port;
}

function virtualServerOf(sequence: SequencePlan): VirtualServer {
  return {
    protocol: sequence.proto === "tcp" ? "TCP" : "UDP",
    address: sequence.vip as IpAddress,
    port: sequence.vport,
    ...(sequence.fwmark === undefined ? {} : { fwmark: sequence.fwmark }),
    scheduler: sequence.scheduler,
    schedulerFlags: sequence.flags as SchedulerFlag[],
    persistenceTimeout: sequence.persistent || undefined,
    persistenceNetmask: sequence.persistent ? prefixLength(sequence) : undefined,
    realServers: [],
    origin: undefined,
  };
}

/** An edit that says nothing of persistence leaves what the sequence has. */
function editedAs(sequence: SequencePlan, { flags = [], ...edit }: Edit): SequencePlan {
  const { netmask: _, ...withoutNetmask } = sequence;
  return { ...(edit.persistent === undefined ? sequence : withoutNetmask), ...edit, flags };
}

function prefixLength({ vip, netmask }: SequencePlan): number {
  if (vip.includes(":")) return netmask === undefined ? 128 : Number(netmask);
  const mask = addressWords((netmask ?? "255.255.255.255") as IpAddress)[0]!;
  return Math.clz32(~mask);
}

function realServerOf(backend: Backend): RealServer {
  return {
    address: backend.ip as IpAddress,
    port: backend.port,
    weight: backend.weight,
    forward: "Masq",
    upperThreshold: backend.uthresh ?? 0,
    lowerThreshold: backend.lthresh ?? 0,
  };
}
