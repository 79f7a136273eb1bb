export { formatAddress, parseAddress } from "./address.ts";
export { Balance, type BalanceOptions, type Connection, clientRequest, type Step } from "./balance.ts";
export { fiveTuple } from "./cloud/five-tuple.ts";
export { type MaglevState, maglev, maglevWith } from "./cloud/maglev.ts";
export { cloudSchedulers } from "./cloud/table.ts";
export { crc32 } from "./crc32.ts";
export { chash as ingressChash } from "./ingress-nginx/chash.ts";
export {
  chashSubset as ingressChashSubsetOf,
  chashSubset3 as ingressChashSubset,
} from "./ingress-nginx/chashsubset.ts";
export { type EwmaState, ewma as ingressEwma } from "./ingress-nginx/ewma.ts";
export { roundRobin as ingressRoundRobin } from "./ingress-nginx/round-robin.ts";
export type { SessionOptions } from "./ingress-nginx/session.ts";
export {
  type BalancedSessionOptions,
  stickyBalanced as ingressStickyBalanced,
  stickyBalancedWith as ingressStickyBalancedWith,
} from "./ingress-nginx/sticky-balanced.ts";
export {
  stickyPersistent as ingressStickyPersistent,
  stickyPersistentWith as ingressStickyPersistentWith,
} from "./ingress-nginx/sticky-persistent.ts";
export { ingressNginxSchedulers } from "./ingress-nginx/table.ts";
export { dh } from "./ipvs/dh.ts";
export { fo } from "./ipvs/fo.ts";
export { lblc } from "./ipvs/lblc.ts";
export { lblcr } from "./ipvs/lblcr.ts";
export { lc } from "./ipvs/lc.ts";
export { mh } from "./ipvs/mh.ts";
export { nq } from "./ipvs/nq.ts";
export { ovf } from "./ipvs/ovf.ts";
export { rr } from "./ipvs/rr.ts";
export { sed } from "./ipvs/sed.ts";
export { sh } from "./ipvs/sh.ts";
export { ipvsSchedulers } from "./ipvs/table.ts";
export { wlc } from "./ipvs/wlc.ts";
export { wrr } from "./ipvs/wrr.ts";
export {
  cascadeOdds,
  cascadePosition,
  cascadeSurvivals,
  cascadeThreshold,
  cascadeThresholds,
  walkCascade,
} from "./netfilter/cascade.ts";
export { jhash, networkWord } from "./netfilter/jhash.ts";
export { type JhashRule, type JhashState, nftJhash, nftJhashOf } from "./netfilter/nft-jhash.ts";
export { type NthRule, nthCascade, nthNext, nthStart, walkNth } from "./netfilter/nth.ts";
export { numgenInc, numgenRandom } from "./netfilter/numgen.ts";
export { reciprocalScale, scaledOdds } from "./netfilter/reciprocal-scale.ts";
export type { RulesState } from "./netfilter/rule-scheduler.ts";
export { statisticNth, type TurnState } from "./netfilter/statistic-nth.ts";
export { type StatisticRandomState, statisticRandom } from "./netfilter/statistic-random.ts";
export { netfilterSchedulers } from "./netfilter/table.ts";
export { nginxHash } from "./nginx/hash.ts";
export { type HashConsistentState, nginxHashConsistent } from "./nginx/hash-consistent.ts";
export { nginxIpHash } from "./nginx/ip-hash.ts";
export { nginxLeastConn } from "./nginx/least-conn.ts";
export { type Failures, type NginxServer, nginxTries, type PeersState } from "./nginx/peers.ts";
export { nginxRandom, nginxRandomTwo, type RandomState } from "./nginx/random.ts";
export { nginxRoundRobin } from "./nginx/round-robin.ts";
export { nginxSchedulers } from "./nginx/table.ts";
export type { Choice, Odds, Outcome, Request, Scheduler, SearchProgress, Server } from "./scheduler.ts";
export { schedulerNamed, schedulers } from "./schedulers.ts";
export { seededStream } from "./seeded-stream.ts";
export { letterOf, type RequestOptions, requestFrom, type ServerDescription, serversOf, startWith } from "./servers.ts";
export { type Disturbance, disturbance, manyClients } from "./study/disturbance.ts";
export { type Basis, type Fairness, fairness, type ServerFairness } from "./study/fairness.ts";
export { disturbanceLine, fairnessTable } from "./study/fairness-table.ts";
export { type Fraction, formatFraction, formatPercent, fraction } from "./study/fraction.ts";
export { findPeriod, type Period } from "./study/period.ts";
export type { Load, Pick } from "./study/sequence.ts";
export type { Shown, StepOptions } from "./study/step-rows.ts";
export { stepSvg } from "./study/step-svg.ts";
export { stepTable } from "./study/step-table.ts";
