import type { Conntrack } from "./conntrack.ts";
import type { Packet } from "./packet.ts";

/** Words of an opening: original source and destination, protocol << 16 | destination port, reply's source and destination, its source port, status. */
export const openingLength = 7;

/** The bit of a status that says that NAT has settled the source, by a look at the other connections. */
const sourceDone = 4;

/**
 * How packets of IPv4 open connections on one host, to open others like them without asking the rules: all that may differ is the
 * source port.
 */
export class Openings {
  readonly #conntrack: Conntrack;
  readonly #tuple: Int32Array = new Int32Array(4);
  /** Of the connection to open: original, reply. */
  readonly #tuples: Int32Array = new Int32Array(8);
  readonly #original: Int32Array = this.#tuples.subarray(0, 4);
  readonly #reply: Int32Array = this.#tuples.subarray(4);
  #originalHash = 0;
  #replyHash = 0;
  #status = 0;

  constructor(conntrack: Conntrack) {
    this.#conntrack = conntrack;
  }

  /** Writes down what the packet has opened that was tracked last; false when it opened nothing, or changed its source port. */
  write(words: Int32Array, at: number, sourcePort: number): boolean {
    const { table, lastOpened } = this.#conntrack;
    if (lastOpened < 0) return false;
    const { data } = table;
    const original = table.tuple(lastOpened, 0);
    const reply = table.tuple(lastOpened, 1);
    words[at] = data[original]!;
    words[at + 1] = data[original + 1]!;
    words[at + 2] = (data[original + 3]! << 16) | (data[original + 2]! & 0xffff);
    words[at + 3] = data[reply]!;
    words[at + 4] = data[reply + 1]!;
    words[at + 5] = data[reply + 2]! >>> 16;
    words[at + 6] = table.status(lastOpened);
    return data[original + 2]! >>> 16 === sourcePort && (data[reply + 2]! & 0xffff) === sourcePort;
  }

  /** Does conntrack know nothing of a packet with this header? Then it expects it. */
  isNew(packet: Packet): boolean {
    const tuple = this.#tuple;
    tuple[0] = packet.src0;
    tuple[1] = packet.dst0;
    tuple[2] = (packet.sourcePort << 16) | packet.destinationPort;
    tuple[3] = packet.protocol;
    return this.#conntrack.isNew(tuple, this.#conntrack.table.hash(tuple, 0));
  }

  /**
   * Makes such a connection from a source port the one that `isFree` and `open` are about; 0 when nothing can be in its way. It reads
   * where both tuples will stand and does not wait for what is there: the next host's can come from memory at the same time.
   */
  approach(words: Int32Array, at: number, sourcePort: number): number {
    const tuples = this.#tuples;
    const { table } = this.#conntrack;
    const service = words[at + 2]!;
    tuples[0] = words[at]!;
    tuples[1] = words[at + 1]!;
    tuples[2] = (sourcePort << 16) | (service & 0xffff);
    tuples[3] = service >>> 16;
    tuples[4] = words[at + 3]!;
    tuples[5] = words[at + 4]!;
    tuples[6] = (words[at + 5]! << 16) | sourcePort;
    tuples[7] = service >>> 16;
    this.#status = words[at + 6]!;
    this.#originalHash = table.hash(tuples, 0);
    this.#replyHash = table.hash(tuples, 4);
    return table.home(this.#originalHash) | table.home(this.#replyHash);
  }

  /** Is nothing in its way? `known` says that `isNew` was asked about its packet. */
  isFree(known: boolean): boolean {
    if (!known && !this.#conntrack.isNew(this.#original, this.#originalHash)) return false;
    return (this.#status & sourceDone) === 0 || this.#conntrack.isFree(this.#reply, this.#replyHash);
  }

  /** Opens it; its entry. */
  open(): number {
    return this.#conntrack.open(this.#tuples, this.#originalHash, this.#replyHash, this.#status);
  }
}
