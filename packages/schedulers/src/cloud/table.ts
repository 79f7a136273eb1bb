import type { Scheduler } from "../scheduler.ts";
import { fiveTuple } from "./five-tuple.ts";
import { maglev } from "./maglev.ts";

/** Models of cloud load balancers by their names here. */
export const cloudSchedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  "cloud/five-tuple": fiveTuple,
  "cloud/maglev": maglev,
};
