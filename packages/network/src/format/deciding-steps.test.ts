import type { RuleStep, SetLookupStep, Step } from "@kubenetsim/core/trace/step";
import type { Trace } from "@kubenetsim/core/trace/trace";
import { expect, test } from "vitest";
import { decidingSteps } from "./deciding-steps.ts";
import { stepLine } from "./step-line.ts";
import { formatTrace } from "./text.ts";

const origin = { object: "kube-proxy", reason: "its own" };

function rule(chain: string, target: string, match = ""): RuleStep {
  const text = `-A ${chain}${match} -j ${target}`;
  return { kind: "rule", hook: "PREROUTING", table: "nat", chain, ruleNumber: 1, chainLength: 2, text, target, origin };
}

function lookup(set: string, hit: boolean): SetLookupStep {
  return { kind: "set-lookup", set, entry: "30080", hit };
}

function shown(steps: readonly Step[]): string[] {
  return decidingSteps(steps).map((step) =>
    step.kind === "rule" ? step.chain : step.kind === "set-lookup" ? step.set : step.kind,
  );
}

test("a mark is shown with the jumps and the set that led to it", () => {
  const steps: Step[] = [
    rule("PREROUTING", "KUBE-SERVICES"),
    lookup("KUBE-CLUSTER-IP", false),
    rule("KUBE-SERVICES", "KUBE-NODE-PORT"),
    lookup("KUBE-NODE-PORT-LOCAL-TCP", false),
    lookup("KUBE-NODE-PORT-TCP", true),
    rule("KUBE-NODE-PORT", "KUBE-MARK-MASQ", " -m set --match-set KUBE-NODE-PORT-TCP dst"),
    rule("KUBE-MARK-MASQ", "MARK"),
    { kind: "mark", before: 0, after: 0x4000 },
  ];
  expect(shown(steps)).toEqual(["KUBE-SERVICES", "KUBE-NODE-PORT-TCP", "KUBE-NODE-PORT", "mark"]);
});

test("a jump that came to nothing stays hidden", () => {
  expect(shown([rule("PREROUTING", "KUBE-SERVICES"), rule("KUBE-SERVICES", "KUBE-NODE-PORT")])).toEqual([]);
});

test("a server that there is none of was not chosen", () => {
  const step: Step = {
    kind: "ipvs",
    virtualServer: "TCP 10.96.0.1:80",
    scheduler: "rr",
    realServer: undefined,
    by: "scheduler",
    origin: undefined,
  };
  expect(stepLine(step, false).detail).toBe("TCP 10.96.0.1:80 → no real server to choose (rr)");
});

test("the title names the address that an outside host sent from", () => {
  const source = "fd00:aa::64" as Trace["sent"]["source"];
  const destination = "fd00:aa::2" as Trace["sent"]["destination"];
  const sent = { protocol: "TCP", source, sourcePort: 32768, destination, destinationPort: 30001 } as const;
  const cost = {} as Trace["cost"];
  const hop = { host: "external 192.168.0.100", hostKind: "external", before: sent, after: sent, steps: [] } as const;
  const request = { hops: [{ ...hop, inDevice: undefined, outDevice: "eth0" }], cost };
  const rest = { seed: "a", mode: "iptables", reason: "", received: undefined, receiver: undefined, reply: undefined };
  const text = formatTrace({ ...rest, disposition: "no-route", sent, request, cost });
  expect(text.split("\n")[0]).toContain("external fd00:aa::64 → [fd00:aa::2]:30001/tcp");
});
