import type { Scheduler } from "../scheduler.ts";
import { chash } from "./chash.ts";
import { chashSubset3 } from "./chashsubset.ts";
import { ewma } from "./ewma.ts";
import { roundRobin } from "./round-robin.ts";
import { stickyBalanced } from "./sticky-balanced.ts";
import { stickyPersistent } from "./sticky-persistent.ts";

/** ingress-nginx's balancers by the names that balancer.lua's `IMPLEMENTATIONS` has, with the controller's defaults. */
export const ingressNginxSchedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  "ingress-nginx/round_robin": roundRobin,
  "ingress-nginx/ewma": ewma,
  "ingress-nginx/chash": chash,
  "ingress-nginx/chashsubset": chashSubset3,
  "ingress-nginx/sticky_balanced": stickyBalanced,
  "ingress-nginx/sticky_persistent": stickyPersistent,
};
