/**
 * Decides in place of chance, for whoever wants to know all that can become of a packet: `packet.fate.chooser` is asked
 * wherever a random number would decide between ways, with the exact odds. `Branches` of network is the one that goes
 * through all of them.
 */
export interface Chooser {
  /** Does it happen, with the chance part / whole? Both are integers, 0 ≤ part ≤ whole. */
  happens(part: number, whole: number): boolean;
  /** An integer in [0, bound), each as likely as the others. */
  below(bound: number): number;
}
