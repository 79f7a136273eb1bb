import type { Family } from "../family.ts";
import { cluster } from "./cluster.ts";
import { dns } from "./dns.ts";
import { ingress } from "./ingress.ts";
import { ipvsSchedulers } from "./ipvs-schedulers.ts";
import { kubeProxyIptables } from "./kube-proxy-iptables.ts";
import { kubeProxyIpvs } from "./kube-proxy-ipvs.ts";
import { kubeProxyNftables } from "./kube-proxy-nftables.ts";

/** All families, asked in this order whether a path is theirs. */
export const families: readonly Family[] = [
  cluster,
  kubeProxyIptables,
  kubeProxyNftables,
  kubeProxyIpvs,
  ipvsSchedulers,
  dns,
  ingress,
];
