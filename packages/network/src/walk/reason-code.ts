/** Why a way ended where it did; `format/reason.ts` has the sentences. */
export const reasonCode = {
  /** A socket took it. */
  accepted: 0,
  /** The host has no socket on that port. */
  noSocket: 1,
  /** A rule or IPVS answered with an ICMP error. */
  rejected: 2,
  /** A rule or IPVS threw it away. */
  dropped: 3,
  /** The host has no route to the address. */
  noRoute: 4,
  /** There is a route, but nobody answers ARP for the address. */
  noNeighbour: 5,
  /** It arrived with an address of the receiving host as its source. */
  martianSource: 6,
  /** 127.0.0.0/8 to or from another device than lo, without route_localnet. */
  martianLoopback: 7,
  /** It passed as many hosts as its time to live allows. */
  looped: 8,
  /** The answer arrived, but not from the address and port that the client had sent to. */
  foreignAnswer: 9,
  /** The answer was lost on its way. */
  answerLost: 10,
  /** The process that accepted it has nobody to pass it on to. */
  nobodyToDial: 11,
  /** The process that accepted it got no connection to whom it wanted to pass it on. */
  dialsFailed: 12,
} as const;
export type ReasonCode = (typeof reasonCode)[keyof typeof reasonCode];
