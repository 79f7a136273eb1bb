import type { AddressWords } from "@kubenetsim/core/net/address";
import { AddressTable } from "./address-table.ts";

/** A layer 2 network: who is on it, and who answers ARP (or neighbour discovery) for which address. */
export class Segment {
  readonly name: string;
  /** Host id and device of each attachment. */
  readonly hosts: number[] = [];
  readonly devices: number[] = [];
  /** Address → attachment. */
  readonly neighbours: AddressTable = new AddressTable();
  /**
   * The attachment of the host whose bridge this network is, or -1: every frame between the others goes through that
   * host's hooks (net.bridge.bridge-nf-call-iptables=1).
   */
  bridge = -1;

  constructor(name: string) {
    this.name = name;
  }

  attach(host: number, device: number): number {
    this.devices.push(device);
    return this.hosts.push(host) - 1;
  }

  answer(address: AddressWords, attachment: number): void {
    this.neighbours.add(address, attachment);
  }

  /** Nobody answers for the address any more, if it was this attachment. */
  fallSilent(address: AddressWords, attachment: number): void {
    this.neighbours.remove(address, attachment);
  }
}
