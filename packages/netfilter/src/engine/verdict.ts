/** What a hook made of a packet. */
export const verdict = {
  /** Goes on its way. */
  accept: 0,
  /** Thrown away without a word. */
  drop: 1,
  /** Thrown away with an ICMP error (or RST) to the sender. */
  reject: 2,
  /** IPVS rewrote the destination; route the packet anew, then it leaves by LOCAL_OUT (hook OUTPUT) and POSTROUTING. */
  stolen: 3,
} as const;
export type Verdict = (typeof verdict)[keyof typeof verdict];

/** How a chain was left, as the tape has it: with a verdict, or back to the chain that jumped to it. */
export const chainVerdict = { accept: 0, drop: 1, reject: 2, return: 4 } as const;
export type ChainVerdict = Verdict | (typeof chainVerdict)["return"];
