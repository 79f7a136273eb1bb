import { InvariantError } from "@kubenetsim/core/runtime/errors";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { BalanceStep, ProxyHeader } from "@kubenetsim/core/trace/step";
import { type Balancer, balanceVerdict, targetText } from "../balancer/balancer.ts";
import type { Host } from "../topology/host.ts";
import { balanceModes } from "../walk/balance-record.ts";

const decisions: Readonly<Record<number, BalanceStep["decision"]>> = {
  [balanceVerdict.forward]: "forward",
  [balanceVerdict.accept]: "accept",
  [balanceVerdict.answer]: "answer",
  [balanceVerdict.noListener]: "no-listener",
  [balanceVerdict.refusedSource]: "source-refused",
  [balanceVerdict.noTarget]: "no-target",
};

/** A `balance` record whose slots begin at `at`; `header` is the packet as it came. */
export function readBalance(words: Int32Array, at: number, host: Host, header: PacketHeader): BalanceStep {
  const { balancer } = host;
  if (balancer === undefined) throw new InvariantError("a host that is no load balancer wrote of targets");
  const decision = decisions[words[at]!]!;
  return {
    kind: "balance",
    balancer: balancer.config.name,
    decision,
    proxyHeader: decision === "accept" ? proxyHeader(balancer, header) : undefined,
    mode: balanceModes[words[at + 3]!]!,
    ...viewed(balancer, words[at + 1]!, words[at + 2]!, header.destination.includes(":")),
  };
}

function proxyHeader({ config: { proxyProtocol } }: Balancer, header: PacketHeader): ProxyHeader | undefined {
  if (proxyProtocol === undefined) return undefined;
  const { source, sourcePort, destination, destinationPort } = header;
  return { version: proxyProtocol, source, sourcePort, destination, destinationPort };
}

type Viewed = Omit<BalanceStep, "kind" | "balancer" | "decision" | "mode" | "proxyHeader">;

const nothing: Viewed = {
  listener: undefined,
  algorithm: undefined,
  target: undefined,
  healthyTargets: 0,
  targets: 0,
  skipped: [],
  origin: undefined,
};

function viewed(balancer: Balancer, number: number, target: number, v6: boolean): Viewed {
  const view = balancer.views[number];
  if (view === undefined) return nothing;
  const { listener, health, healthy } = view;
  return {
    listener: `${listener.protocol} ${listener.port}`,
    algorithm: listener.algorithm ?? "five-tuple",
    target: target < 0 ? undefined : targetText(view, target, v6, balancer.config.mode),
    healthyTargets: healthy.length,
    targets: listener.targets.length,
    skipped: listener.targets.flatMap((_, i) =>
      health[i] === undefined ? [] : [{ target: targetText(view, i, v6, balancer.config.mode), reason: health[i] }],
    ),
    origin: listener.origin,
  };
}
