import { type AddressWords, formatAddress } from "@kubenetsim/core/net/address";
import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import { seededRandom } from "@kubenetsim/core/runtime/random";
import type { Disposition } from "@kubenetsim/core/trace/disposition";
import type { Topology } from "../topology/topology.ts";
import { dispositions } from "../walk/disposition-code.ts";
import { type Request, writeRequest } from "../walk/request.ts";
import { Walker } from "../walk/walker.ts";
import { Branches } from "./branches.ts";
import { type Ratio, sum } from "./ratio.ts";
import { type CopyableKernel, TrialKernel } from "./trial-kernel.ts";

/** One thing that may become of a packet, and how likely it is. */
export interface Share {
  readonly disposition: Disposition;
  /** Where it came to its destination, `10.244.1.5:8080` as it arrived there; undefined when it never did. */
  readonly endpoint: string | undefined;
  /** The host at which its way ended: `pod default/web-0`, or the node that threw it away. */
  readonly host: string;
  readonly chance: Ratio;
}

/**
 * All that can become of a new connection's first packet (and its answer), each with its exact chance; together they are 1.
 * Nothing is sampled and nothing is sent: the packet is walked through copies of the kernels once for each way that chance
 * leaves open, and every draw's odds are multiplied: (1 − p₁/2³¹) … pₖ/2³¹ for a cascade of `statistic` rules, 1/n for
 * `numgen random mod n` and for a choice among next hops.
 *
 * What is no chance is as the kernels stand now: a client that `recent` or an affinity set remembers has one endpoint with
 * the chance 1, and so has everybody where IPVS, `numgen inc` or userspace kube-proxy choose, since their next choice
 * follows from those before.
 *
 * @param kernels by the names of nodes; each is asked for copies
 * @throws UnsupportedError beyond a million ways
 * @example shares(topology, kernels, { from: pod, protocol: "TCP", destination: "10.96.0.80", destinationPort: 80 });
 */
export function shares(topology: Topology, kernels: ReadonlyMap<string, CopyableKernel>, request: Request): Share[] {
  const trials = new Map([...kernels].map(([name, kernel]) => [name, new TrialKernel(kernel)]));
  const walker = new Walker(topology, trials, seededRandom("shares"));
  const branches = new Branches();
  const found = new Map<string, Share>();
  walker.packet.fate.chooser = branches;
  do {
    branches.begin();
    for (const kernel of trials.values()) kernel.reset();
    writeRequest(walker.packet, request);
    const disposition = dispositions[walker.simulate(request.from, null)]!;
    const share = { disposition, endpoint: endpointOf(walker), host: walker.receiver.name, chance: branches.chance() };
    const key = `${disposition} ${share.endpoint} ${walker.receiver.id}`;
    const known = found.get(key);
    found.set(key, known === undefined ? share : { ...share, chance: sum(known.chance, share.chance) });
  } while (branches.next());
  return [...found.values()];
}

function endpointOf({ arrived, received, packet }: Walker): string | undefined {
  if (!arrived) return undefined;
  const words: AddressWords = packet.v6
    ? [received.dst0, received.dst1, received.dst2, received.dst3]
    : [received.dst0];
  return joinHostPort(formatAddress(words), received.destinationPort);
}
