import type { CountJournal } from "@kubenetsim/netfilter/engine/count-journal";
import type { Ledger, RuleCounters } from "@kubenetsim/netfilter/engine/rule-counters";

const firstWords = 1024;

/** Which rules of which hosts count packets on branches of known ways: for each branch a list of (counters, where the rule stands). */
export class BranchCounts {
  #counters: RuleCounters[] = [];
  readonly #numbers: Map<RuleCounters, number> = new Map();
  /** List after list: how many rules, then for each the number of its counters, and where its record begins. */
  #words: Int32Array = new Int32Array(firstWords);
  #used = 0;

  /** Keeps what a packet has counted; where it stands. `ledger` is whom hosts that are new here are told of. */
  keep({ counters, pcs }: CountJournal, ledger: Ledger | undefined): number {
    const at = this.#used;
    this.#used += 1 + 2 * pcs.length;
    if (this.#used > this.#words.length) this.#grow();
    this.#words[at] = pcs.length;
    for (const [i, pc] of pcs.entries()) {
      this.#words[at + 1 + 2 * i] = this.#numberOf(counters[i]!, ledger);
      this.#words[at + 2 + 2 * i] = pc;
    }
    return at;
  }

  /** So many packets have gone the branch whose list stands there, each of this length. */
  count(at: number, packets: number, length: number): void {
    const words = this.#words;
    const end = at + 1 + 2 * words[at]!;
    for (let i = at + 1; i < end; i += 2) this.#counters[words[i]!]!.add(words[i + 1]!, packets, packets * length);
  }

  /** Whom the hosts ask to settle before somebody reads what they have counted; undefined when nothing is left to settle. */
  tell(ledger: Ledger | undefined): void {
    for (const counters of this.#counters) counters.ledger = ledger;
  }

  clear(): void {
    this.#counters = [];
    this.#numbers.clear();
    this.#used = 0;
  }

  #numberOf(counters: RuleCounters, ledger: Ledger | undefined): number {
    const known = this.#numbers.get(counters);
    if (known !== undefined) return known;
    const number = this.#counters.push(counters) - 1;
    this.#numbers.set(counters, number);
    if (ledger !== undefined) counters.ledger = ledger;
    return number;
  }

  #grow(): void {
    const larger = new Int32Array(Math.max(this.#used, this.#words.length * 2));
    larger.set(this.#words);
    this.#words = larger;
  }
}
