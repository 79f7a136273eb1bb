import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";
import { checkWeight, checkWeights } from "../weight.ts";

const remembersNothing = (): boolean => false;

/** A scheduler that looks only at the servers as they are. */
export function stateless(
  name: string,
  pick: (servers: readonly Server[], request: Request) => { readonly index: number; readonly examined: number },
): Scheduler<null> {
  const checked = (servers: readonly Server[]): null => {
    checkWeights(servers);
    return null;
  };
  return {
    name,
    start: checked,
    added: (_state, servers, index) => {
      checkWeight(servers[index]!.weight);
      return null;
    },
    removed: () => null,
    changed: (_state, servers) => checked(servers),
    choose(_state, servers, request): Choice<null> {
      const { index, examined } = pick(servers, request);
      return { state: null, index, examined };
    },
    remembers: remembersNothing,
  };
}
