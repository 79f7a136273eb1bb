import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

interface NftablesCase {
  readonly ruleset?: readonly string[];
  readonly packets?: readonly { readonly name: string }[];
}

/** One node's kube-proxy in nftables mode. */
export const kubeProxyNftables: Family = {
  name: "kube-proxy/nftables",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "kube-proxy/nftables", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const { ruleset, packets } = JSON.parse(readFileSync(path, "utf8")) as NftablesCase;
    if (ruleset !== undefined) yield failed("ruleset", "not modelled yet");
    for (const packet of packets ?? []) yield failed("packets", "not modelled yet", packet.name);
  },
};
