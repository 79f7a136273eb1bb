import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

interface IpvsCase {
  readonly chains?: unknown;
  readonly packets?: readonly { readonly name: string }[];
}

/** One node's kube-proxy in ipvs mode. */
export const kubeProxyIpvs: Family = {
  name: "kube-proxy/ipvs",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/ipvs", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const { chains, packets } = JSON.parse(readFileSync(path, "utf8")) as IpvsCase;
    if (chains !== undefined) yield failed("chains", "not modelled yet");
    for (const packet of packets ?? []) yield failed("packets", "not modelled yet", packet.name);
  },
};
