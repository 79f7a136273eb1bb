import type { Random } from "@kubenetsim/core/runtime/random";
import type { Chooser } from "./chooser.ts";
import type { CountJournal } from "./count-journal.ts";

/**
 * What a packet's way has hung on beside its header (without the source port), the rules and the devices: whoever wants to
 * know a way again asks here whether it will be the same.
 */
export class Fate {
  /** It hung on time, connections, sets, counters, source ports, or chance other than draws. */
  more = false;
  /** It hung on connections that conntrack knew: another packet's way may be another one. */
  met = false;
  /** Connections that conntrack has made for it, one on each host, and how many of them it has confirmed. */
  opened = 0;
  confirmed = 0;
  /** Draws of cascades, and those between numbers that are equally likely. */
  draws = 0;
  /** What the next draw takes in place of a number of its stream; -1 for none. */
  forced = -1;
  /** Decides in place of all chance, for packet after packet, until it is taken away again. */
  chooser: Chooser | undefined = undefined;
  /** Where the rules that match are written down beside their counters; undefined for nowhere. */
  journal: CountJournal | undefined = undefined;

  // The last draw: from which stream, the number, below which bound or (0) for which cascade of which code, from which of its
  // rules on, what it chose.
  chance: Random | undefined = undefined;
  value = 0.5;
  bound = 0;
  code: Int32Array | undefined = undefined;
  cascade = 0;
  from = 0;
  chosen = 0;
  /** How many connections were opened before it. */
  openedBefore = 0;

  /** For a new packet. */
  begin(forced: number, journal?: CountJournal): void {
    this.more = false;
    this.met = false;
    this.opened = 0;
    this.confirmed = 0;
    this.draws = 0;
    this.forced = forced;
    this.journal = journal;
  }

  /** A uniform draw: an integer in [0, bound). */
  drawBelow(bound: number, chance: Random): number {
    const chosen = Math.floor(this.draw(chance) * bound);
    this.bound = bound;
    this.from = 0;
    this.chosen = chosen;
    return chosen;
  }

  /** The number that decides. */
  draw(chance: Random): number {
    const value = this.forced < 0 ? chance.next() : this.forced;
    this.forced = -1;
    this.draws++;
    this.openedBefore = this.opened;
    this.chance = chance;
    this.value = value;
    this.bound = 0;
    return value;
  }
}
