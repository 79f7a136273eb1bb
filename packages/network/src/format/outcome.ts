import { outcomeOf } from "@kubenetsim/core/trace/disposition";
import type { Trace } from "@kubenetsim/core/trace/trace";

/**
 * What a client program and the Pod that it reached saw of a connection, on one line:
 * `ok default/web-0:80 client=10.244.1.200 seen=10.244.1.1`, `refused` or `timeout`. `client` is the address from which it
 * was sent, `seen` the source address that the receiver saw.
 */
export function outcomeLine(trace: Trace): string {
  const outcome = outcomeOf(trace.disposition);
  const { received, receiver, sent } = trace;
  if (outcome !== "ok" || received === undefined || receiver === undefined) return outcome;
  const name = receiver.replace(/^pod /, "");
  return `ok ${name}:${received.destinationPort} client=${sent.source} seen=${received.source}`;
}
