import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

interface IptablesCase {
  readonly chains?: unknown;
  readonly packets?: readonly { readonly name: string }[];
}

/** One node's kube-proxy in iptables mode. */
export const kubeProxyIptables: Family = {
  name: "kube-proxy/iptables",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/iptables", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const { chains, packets } = JSON.parse(readFileSync(path, "utf8")) as IptablesCase;
    if (chains !== undefined) yield failed("chains", "not modelled yet");
    for (const packet of packets ?? []) yield failed("packets", "not modelled yet", packet.name);
  },
};
