import type { Choice, Request, Scheduler, Server } from "../scheduler.ts";

const remembersNothing = (): boolean => false;

/** A scheduler that looks only at the servers as they are. */
export function stateless(
  name: string,
  pick: (servers: readonly Server[], request: Request) => { readonly index: number; readonly examined: number },
): Scheduler<null> {
  const nothing = (): null => null;
  return {
    name,
    start: nothing,
    added: nothing,
    removed: nothing,
    changed: nothing,
    choose(_state, servers, request): Choice<null> {
      const { index, examined } = pick(servers, request);
      return { state: null, index, examined };
    },
    remembers: remembersNothing,
  };
}
