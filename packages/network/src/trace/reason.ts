import { joinHostPort } from "@kubenetsim/core/net/endpoint-text";
import type { PacketHeader } from "@kubenetsim/core/trace/packet-header";
import type { BalanceStep, RuleStep, SetLookupStep } from "@kubenetsim/core/trace/step";
import type { Hop } from "@kubenetsim/core/trace/trace";
import { type ReasonCode, reasonCode } from "../walk/reason-code.ts";

/** What a reason's sentence speaks of. */
export interface ReasonFacts {
  readonly code: ReasonCode;
  /** Why the answer's way ended where it did, for an answer that was lost. */
  readonly answerCode: ReasonCode;
  /** The process that took the packet. */
  readonly process: string | undefined;
  readonly sent: PacketHeader;
  /** The last hop of the request, and of the answer where there was one. */
  readonly last: Hop;
  readonly lastOfReply: Hop | undefined;
}

/** One sentence: what decided what became of the packet. */
export function reasonSentence(facts: ReasonFacts): string {
  const { code, last, lastOfReply, sent } = facts;
  if (code === reasonCode.accepted) return `${facts.process ?? last.host} took it on ${portText(last.after)}`;
  if (code === reasonCode.nobodyToDial || code === reasonCode.dialsFailed) return unpassed(facts);
  if (code === reasonCode.foreignAnswer) {
    const { after, host } = lastOfReply!;
    const { source, sourcePort } = after.icmp === undefined ? after : turned(after.icmp.quoted);
    const got = joinHostPort(source, sourcePort);
    const wanted = joinHostPort(sent.destination, sent.destinationPort);
    return `the answer reached ${host} from ${got}, but the client had sent to ${wanted}: no node on its way undid the NAT`;
  }
  if (code === reasonCode.answerLost) {
    return `${facts.process ?? last.host} answered, but the answer was lost: ${hopSentence(facts.answerCode, lastOfReply!)}`;
  }
  return hopSentence(code, last);
}

/** What became of a packet that a process took and could not pass on. */
function unpassed({ code, process, last, sent }: ReasonFacts): string {
  const service = last.steps.findLast((step) => step.kind === "relay")?.servicePort;
  const who = process ?? last.host;
  const why =
    code === reasonCode.nobodyToDial ? `${service ?? "its Service"} has no endpoint` : "no endpoint answered it";
  return sent.protocol === "TCP"
    ? `${who} accepted it and closed it again: ${why}`
    : `${who} took it and threw it away: ${why}`;
}

/** An error speaks for the address that its quoted packet was sent to. */
function turned({ destination, destinationPort }: PacketHeader): Pick<PacketHeader, "source" | "sourcePort"> {
  return { source: destination, sourcePort: destinationPort };
}

/** Why a packet went no further than this hop. */
function hopSentence(code: ReasonCode, hop: Hop): string {
  const { destination, source } = hop.after;
  switch (code) {
    case reasonCode.noSocket:
      return `nothing listens on ${portText(hop.after)} at ${hop.host}`;
    case reasonCode.rejected:
    case reasonCode.dropped:
      return `at ${hop.host} by ${decider(hop)}`;
    case reasonCode.noRoute:
      return `${hop.host} has no route to ${destination}`;
    case reasonCode.noNeighbour:
      return `nobody answers for ${destination} on the network behind ${hop.host}`;
    case reasonCode.martianSource:
      return `${hop.host} throws away packets from its own address ${source} that come in by ${hop.inDevice ?? "lo"}`;
    case reasonCode.martianLoopback:
      return `${hop.host} lets 127.0.0.0/8 pass only on lo (route_localnet is 0)`;
    case reasonCode.looped:
      return `it ran in circles until its time to live was over, last at ${hop.host}`;
    default:
      return `it arrived at ${hop.host}`;
  }
}

function decider(hop: Hop): string {
  const balance = hop.steps.findLast((step) => step.kind === "balance");
  if (balance?.kind === "balance") return balanceSentence(balance, hop.before);
  const last = hop.steps.findLast((step) => step.kind === "rule" || step.kind === "ipvs");
  if (last?.kind === "ipvs" && last.realServer === undefined)
    return `IPVS: ${last.virtualServer} has no real server to take it`;
  if (last?.kind === "rule" && (last.target === "DROP" || last.target === "REJECT")) return ruleSentence(last, hop);
  const chain = hop.steps.findLast((step) => step.kind === "chain" && step.verdict === "DROP");
  return chain?.kind === "chain" ? `the policy of chain ${chain.chain} in table ${chain.table}` : "the kernel";
}

function balanceSentence(step: BalanceStep, before: PacketHeader): string {
  if (step.decision === "no-listener") return `its listeners: none is on ${portText(before)}`;
  if (step.decision === "source-refused") return `its security list, which does not allow ${before.source}`;
  return `its health checks: none of its ${step.targets} targets on ${portText(before)} is healthy`;
}

function ruleSentence(step: RuleStep, hop: Hop): string {
  const place = `rule ${step.ruleNumber} of ${step.chain} (table ${step.table})`;
  const origin = sender(step, hop)?.origin ?? step.origin;
  const comment = /comment "([^"]*)"/.exec(step.text)?.[1];
  if (comment !== undefined) return `${place}: ${comment}`;
  return origin === undefined ? place : `${place}: ${origin.object}: ${origin.reason}`;
}

/** The map of nft by which a packet came to the rule's chain, or to its end there. */
function sender(step: RuleStep, hop: Hop): SetLookupStep | undefined {
  const verdicts = [`goto ${step.chain}`, `jump ${step.chain}`, step.target?.toLowerCase()];
  const found = hop.steps.findLast((one) => one.kind === "set-lookup" && one.hit && verdicts.includes(one.verdict));
  return found?.kind === "set-lookup" ? found : undefined;
}

function portText(header: PacketHeader): string {
  return header.protocol.startsWith("ICMP")
    ? header.protocol
    : `${header.destinationPort}/${header.protocol.toLowerCase()}`;
}
