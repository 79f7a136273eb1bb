import type { Scheduler } from "../scheduler.ts";
import { dh } from "./dh.ts";
import { fo } from "./fo.ts";
import { lblc } from "./lblc.ts";
import { lblcr } from "./lblcr.ts";
import { lc } from "./lc.ts";
import { mh } from "./mh.ts";
import { nq } from "./nq.ts";
import { ovf } from "./ovf.ts";
import { rr } from "./rr.ts";
import { sed } from "./sed.ts";
import { sh } from "./sh.ts";
import { wlc } from "./wlc.ts";
import { wrr } from "./wrr.ts";

/** The IPVS schedulers by the names that `ipvsadm -s` and `ipvs.scheduler` of kube-proxy's configuration take. */
export const ipvsSchedulers: Readonly<Record<string, Scheduler<unknown>>> = {
  rr,
  wrr,
  lc,
  wlc,
  sed,
  nq,
  sh,
  dh,
  mh,
  lblc,
  lblcr,
  fo,
  ovf,
};
