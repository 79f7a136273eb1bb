import { cloudSchedulers } from "./cloud/table.ts";
import { ingressNginxSchedulers } from "./ingress-nginx/table.ts";
import { ipvsSchedulers } from "./ipvs/table.ts";
import { netfilterSchedulers } from "./netfilter/table.ts";
import { nginxSchedulers } from "./nginx/table.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * Every scheduler by its name: IPVS's as `ipvsadm -s` has it, those of the other programs with the program before it
 * (`nginx/least_conn`, `iptables/statistic-random`). `schedulerNamed` looks a name up that may be none.
 */
export const schedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  ...ipvsSchedulers,
  ...netfilterSchedulers,
  ...nginxSchedulers,
  ...ingressNginxSchedulers,
  ...cloudSchedulers,
};

/**
 * The scheduler of this name.
 *
 * @throws RangeError for a name that is not in `schedulers`; the message lists those that are.
 * @example
 * new Balance(schedulerNamed("nginx/least_conn"), ["10.244.0.2:8080"]);
 */
export function schedulerNamed(name: string): Scheduler<unknown> {
  if (Object.hasOwn(schedulers, name)) return schedulers[name]!;
  throw new RangeError(`unknown scheduler "${name}", known are ${Object.keys(schedulers).join(", ")}`);
}
