import { endpointAddress, serviceAddress } from "./kube-proxy-rules.ts";

/** A cheap stream of 32-bit numbers, the same for all loops. */
export class PacketStream {
  #state = 0x2545f491;

  next(): number {
    let x = this.#state;
    x ^= x << 13;
    x ^= x >>> 17;
    x ^= x << 5;
    this.#state = x;
    return x >>> 0;
  }
}

/** Virtual addresses in an open-addressing table, endpoints in flat arrays: the least that a Service's packet can cost. */
export class LimitTables {
  readonly services: number;
  readonly #endpoints: number;
  readonly #keys: Int32Array;
  readonly #values: Int32Array;
  readonly #mask: number;
  readonly #addresses: Int32Array;
  readonly #cursor: Int32Array;
  readonly #hits: Int32Array;
  readonly #ring = new Int32Array(1 << 16);
  readonly #conntrack = new Int32Array((1 << 21) * 4);
  #ringAt = 0;

  constructor(services: number, endpoints: number) {
    this.services = services;
    this.#endpoints = endpoints;
    const capacity = 2 ** Math.ceil(Math.log2(services * 2));
    this.#mask = capacity - 1;
    this.#keys = new Int32Array(capacity * 2);
    this.#values = new Int32Array(capacity);
    this.#addresses = new Int32Array(services * endpoints);
    this.#cursor = new Int32Array(services);
    this.#hits = new Int32Array(services * endpoints);
    for (let i = 0; i < services; i++) {
      let slot = mix(serviceAddress(i) ^ ((6 << 16) | 80)) & this.#mask;
      while (this.#values[slot] !== 0) slot = (slot + 1) & this.#mask;
      this.#keys[slot * 2] = serviceAddress(i);
      this.#keys[slot * 2 + 1] = (6 << 16) | 80;
      this.#values[slot] = i + 1;
      for (let e = 0; e < endpoints; e++) this.#addresses[i * endpoints + e] = endpointAddress(i, e, endpoints);
    }
  }

  /** Loop A: look the virtual address up, take the next endpoint, count. */
  lookUp(destination: number): number {
    const key = (6 << 16) | 80;
    let slot = mix(destination ^ key) & this.#mask;
    while (this.#keys[slot * 2] !== destination || this.#keys[slot * 2 + 1] !== key) slot = (slot + 1) & this.#mask;
    const service = this.#values[slot]! - 1;
    const cursor = this.#cursor[service]!;
    this.#cursor[service] = cursor + 1 === this.#endpoints ? 0 : cursor + 1;
    const endpoint = service * this.#endpoints + cursor;
    this.#hits[endpoint]!++;
    return endpoint;
  }

  /** Loop B: A and the hash of the five-tuple. */
  track(source: number, sourcePort: number, destination: number): number {
    return this.lookUp(destination) ^ (hashTuple(source, sourcePort, destination) & 1);
  }

  /** Loop C: B and a new entry in a conntrack table of two million slots. */
  insert(source: number, sourcePort: number, destination: number): number {
    const endpoint = this.lookUp(destination);
    const table = this.#conntrack;
    let slot = hashTuple(source, sourcePort, destination) & 0x1fffff;
    for (let i = 0; i < 8 && table[slot * 4] !== 0; i++) slot = (slot + 1) & 0x1fffff;
    table[slot * 4] = source | 1;
    table[slot * 4 + 1] = destination;
    table[slot * 4 + 2] = (sourcePort << 16) | 80;
    table[slot * 4 + 3] = endpoint;
    return endpoint;
  }

  /** Loop D: B and six hops of a numeric trace. */
  trace(source: number, sourcePort: number, destination: number): number {
    const endpoint = this.track(source, sourcePort, destination);
    this.writeHops(source, sourcePort, destination, endpoint);
    return endpoint;
  }

  writeHops(source: number, sourcePort: number, destination: number, endpoint: number): void {
    const ring = this.#ring;
    let at = this.#ringAt;
    for (let hop = 0; hop < 6; hop++) {
      ring[at] = hop;
      ring[at + 1] = source;
      ring[at + 2] = hop < 3 ? destination : this.#addresses[(endpoint >> 1) << 1]!;
      ring[at + 3] = sourcePort;
      ring[at + 4] = 80;
      ring[at + 5] = 6;
      ring[at + 6] = endpoint;
      ring[at + 7] = hop & 1;
      at = (at + 8) & 0xffff;
    }
    this.#ringAt = at;
  }
}

function hashTuple(source: number, sourcePort: number, destination: number): number {
  return mix(source ^ Math.imul(destination, 0x9e3779b1) ^ Math.imul((sourcePort << 16) | 80, 0x85ebca6b) ^ 6);
}

function mix(word: number): number {
  let hash = Math.imul(word ^ (word >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return hash ^ (hash >>> 16);
}
