import type { Scheduler } from "../scheduler.ts";
import { nginxHash } from "./hash.ts";
import { nginxHashConsistent } from "./hash-consistent.ts";
import { nginxIpHash } from "./ip-hash.ts";
import { nginxLeastConn } from "./least-conn.ts";
import { nginxRandom, nginxRandomTwo } from "./random.ts";
import { nginxRoundRobin } from "./round-robin.ts";

/** The balancers that nginx's `upstream` blocks know, by the directive that asks for each. */
export const nginxSchedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  "nginx/round_robin": nginxRoundRobin,
  "nginx/least_conn": nginxLeastConn,
  "nginx/ip_hash": nginxIpHash,
  "nginx/hash": nginxHash,
  "nginx/hash_consistent": nginxHashConsistent,
  "nginx/random": nginxRandom,
  "nginx/random_two": nginxRandomTwo,
};
