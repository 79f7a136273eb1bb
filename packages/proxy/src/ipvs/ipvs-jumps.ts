import { type StaticJump, toAll } from "../iptables/static-jumps.ts";

/** The jumps from built-in chains in ipvs mode, in the order in which they are inserted, each before those already there. */
export const ipvsJumps: readonly StaticJump[] = [
  toAll("nat", "OUTPUT", "KUBE-SERVICES", "kubernetes service portals"),
  toAll("nat", "PREROUTING", "KUBE-SERVICES", "kubernetes service portals"),
  toAll("nat", "POSTROUTING", "KUBE-POSTROUTING", "kubernetes postrouting rules"),
  toAll("filter", "FORWARD", "KUBE-FORWARD", "kubernetes forwarding rules"),
  toAll("filter", "INPUT", "KUBE-NODE-PORT", "kubernetes health check rules"),
  toAll("filter", "INPUT", "KUBE-PROXY-FIREWALL", "kube-proxy firewall rules"),
  toAll("filter", "FORWARD", "KUBE-PROXY-FIREWALL", "kube-proxy firewall rules"),
  toAll("filter", "INPUT", "KUBE-IPVS-FILTER", "kubernetes ipvs access filter"),
  toAll("filter", "OUTPUT", "KUBE-IPVS-OUT-FILTER", "kubernetes ipvs access filter"),
];
