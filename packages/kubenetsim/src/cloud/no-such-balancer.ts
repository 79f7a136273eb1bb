import type { ClusterState } from "@kubenetsim/core/apiserver/cluster-state";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { ingressOf } from "./service-balancer.ts";

/** For a name that no load balancer has: why its Service has none, else the one that was probably meant. */
export function noSuchBalancer(name: string, names: readonly string[], { tables }: ClusterState): ParseError {
  const service = tables.Service.get(name);
  if (service !== undefined) {
    const { type = "ClusterIP" } = service.spec;
    if (type !== "LoadBalancer") return new ParseError(`Service ${name} has no load balancer: its type is ${type}`);
    const [first] = ingressOf(service);
    return first === undefined
      ? new ParseError(`Service ${name} has no load balancer yet: it waits for an address`)
      : new ParseError(
          `Service ${name} has no load balancer of its own: ${first.ip ?? first.hostname} is another one's`,
        );
  }
  const meant = nearestWord(name, names);
  const known = names.length === 0 ? "there are none" : `they are ${names.slice(0, 10).join(", ")}`;
  return new ParseError(`there is no load balancer ${name}`, {
    hint: meant === undefined ? known : `did you mean ${meant}?`,
  });
}
