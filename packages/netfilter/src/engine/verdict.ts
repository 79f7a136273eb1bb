/** What a hook made of a packet. */
export const verdict = {
  /** Goes on its way. */
  accept: 0,
  /** Thrown away without a word. */
  drop: 1,
  /** Thrown away with an ICMP error (or RST) to the sender. */
  reject: 2,
  /** LOCAL_IN only: IPVS rewrote the destination; the packet leaves again by LOCAL_OUT and POSTROUTING. */
  stolen: 3,
} as const;
export type Verdict = (typeof verdict)[keyof typeof verdict];
