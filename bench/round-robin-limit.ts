import { rr } from "@kubenetsim/schedulers/ipvs/rr";
import { ipvsSchedulers } from "@kubenetsim/schedulers/ipvs/table";
import type { Scheduler } from "@kubenetsim/schedulers/scheduler";
import { busyServers, manyVisits } from "./scheduler-load.ts";

/** The least that taking turns can cost: the next index, back to 0 at the end, and the server there read once. */
export function indexLoop(size: number): (count: number) => number {
  const servers = busyServers(size);
  let kept = -1;
  return (count) => {
    let index = kept;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      if (++index === servers.length) index = 0;
      sum = (sum + servers[index]!.port) | 0;
    }
    kept = index;
    return sum;
  };
}

/** The same turns by `rr.choose` (or another's), whose state goes from pick to pick. */
export function chooseLoop(size: number, scheduler: Scheduler<unknown> = rr): (count: number) => number {
  const servers = busyServers(size);
  const [visit] = manyVisits();
  let kept = scheduler.start(servers, 0);
  return (count) => {
    let state = kept;
    let sum = 0;
    for (let i = 0; i < count; i++) {
      const choice = scheduler.choose(state, servers, visit!);
      state = choice.state;
      sum = (sum + servers[choice.index]!.port) | 0;
    }
    kept = state;
    return sum;
  };
}

/** The same where six others went through the same call before, so that the engine cannot put `rr.choose` in its place. */
export function metChooseLoop(size: number): (count: number) => number {
  for (const name of ["wrr", "lc", "wlc", "sed", "nq", "sh"]) chooseLoop(size, ipvsSchedulers[name])(20_000);
  return chooseLoop(size);
}
