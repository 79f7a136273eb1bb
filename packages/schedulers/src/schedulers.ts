import { cloudSchedulers } from "./cloud/table.ts";
import { ingressNginxSchedulers } from "./ingress-nginx/table.ts";
import { ipvsSchedulers } from "./ipvs/table.ts";
import { netfilterSchedulers } from "./netfilter/table.ts";
import { nginxSchedulers } from "./nginx/table.ts";
import type { Scheduler } from "./scheduler.ts";

/**
 * Every scheduler by its name: IPVS's as `ipvsadm -s` has it, those of the other programs with the program before it
 * (`nginx/least_conn`, `iptables/statistic-random`).
 */
export const schedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  ...ipvsSchedulers,
  ...netfilterSchedulers,
  ...nginxSchedulers,
  ...ingressNginxSchedulers,
  ...cloudSchedulers,
};
