import type { Outcomes } from "@kubenetsim/netfilter/engine/explore-outcomes";
import { type CheckResult, failed, passed } from "./family.ts";
import type { RecordedPacket } from "./kube-proxy-case.ts";

/** What upstream's tracer said of a packet against what ours says. */
export function packetCheck({ name, expect }: RecordedPacket, actual: Outcomes): CheckResult {
  if (say(expect) === say(actual)) return passed("packets", name);
  return failed("packets", `expected ${say(expect)}; got ${say(actual)}`, name);
}

function say({ output, masquerade }: Outcomes): string {
  return `${output === "" ? "nothing" : output}, ${masquerade ? "masqueraded" : "not masqueraded"}`;
}
