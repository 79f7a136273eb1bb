/**
 * What became of a packet, as against what a step did with it.
 *
 * - `delivered`: a socket accepted it (and, for a connection, the reply came back).
 * - `refused`: it reached a host with no socket on that port, which answered with RST or ICMP port unreachable.
 * - `rejected`: a rule answered with an ICMP error.
 * - `dropped`: a rule or IPVS threw it away; the client times out.
 * - `no-route`: no host owns the address; the client times out.
 * - `no-reply`: it was delivered, but the answer did not find back (reverse path without its conntrack entry).
 * - `closed`: a proxy accepted the connection, could not pass it on and closed it again; the client reads the end of file.
 */
export type Disposition = "delivered" | "refused" | "rejected" | "dropped" | "no-route" | "no-reply" | "closed";

/** What a client program sees of it. */
export type Outcome = "ok" | "refused" | "timeout" | "closed";

export function outcomeOf(disposition: Disposition): Outcome {
  switch (disposition) {
    case "delivered":
      return "ok";
    case "refused":
    case "rejected":
      return "refused";
    case "dropped":
    case "no-route":
    case "no-reply":
      return "timeout";
    case "closed":
      return "closed";
    default:
      return disposition satisfies never;
  }
}
