import { readFileSync } from "node:fs";
import { type CheckResult, type Family, failed } from "../family.ts";
import { isFileIn } from "../path-of-case.ts";

interface DnsCase {
  readonly groups: readonly {
    readonly name: string;
    readonly queries: readonly { readonly qname: string; readonly qtype: string }[];
  }[];
}

/** Questions to CoreDNS, each one a check. */
export const dns: Family = {
  name: "dns",
  claims: (path, isFolder) => !isFolder && isFileIn(path, "dns", ".json"),
  *run(path: string): Iterable<CheckResult> {
    const { groups } = JSON.parse(readFileSync(path, "utf8")) as DnsCase;
    for (const group of groups) {
      for (const { qname, qtype } of group.queries) {
        yield failed("queries", "not modelled yet", `${group.name} ${qname} ${qtype}`);
      }
    }
  },
};
