import { formatPosition } from "@kubenetsim/core/runtime/errors";
import type { Origin } from "@kubenetsim/core/trace/origin";
import type {
  BalanceStep,
  IpvsStep,
  NatStep,
  ProxyHeader,
  RelayStep,
  RouteStep,
  RuleStep,
  SetLookupStep,
  SocketStep,
  Step,
} from "@kubenetsim/core/trace/step";
import { destinationText, sourceText } from "./header-text.ts";

/** The columns of a step's line: where in the host, what, the particulars, and who wanted it so. */
export interface StepLine {
  readonly where: string;
  readonly what: string;
  readonly detail: string;
  readonly why: string;
}

/** A step's columns; `full` gives rules as iptables-save or nft has them, else without chain and comment. */
export function stepLine(step: Step, full: boolean): StepLine {
  switch (step.kind) {
    case "conntrack":
      return line("", "conntrack", `${step.state}, ${step.direction} direction`);
    case "chain":
      return line(
        step.hook,
        `${step.table} ${step.chain}`,
        `${counted(step.rulesCompared, "rule")} compared: ${step.verdict}`,
      );
    case "rule":
      return ruleLine(step, full);
    case "set-lookup":
      return setLine(step);
    case "numgen":
      return step.mode === "jhash"
        ? line("", "jhash", `mod ${step.modulus}: ${step.number}`)
        : line("", "numgen", `${step.mode} mod ${step.modulus}: ${step.number}`);
    case "dnat":
    case "snat":
      return natLine(step);
    case "mark":
      return line("", "mark", `${hex(step.before)} → ${hex(step.after)}`);
    case "ipvs":
      return ipvsLine(step);
    case "route":
      return line("", "route", routeText(step));
    case "socket":
      return line("", "socket", socketText(step));
    case "relay":
      return line("", "relay", relayText(step), step.servicePort);
    case "balance":
      return line("", "balance", balanceText(step), originText(step.origin));
    default:
      return step satisfies never;
  }
}

/** `Service default/web: cluster IP (cluster.yaml:12:3)`. */
export function originText(origin: Origin | undefined): string {
  if (origin === undefined) return "";
  const position = origin.position === undefined ? "" : ` (${formatPosition(origin.position)})`;
  return `${origin.object}: ${origin.reason}${position}`;
}

export function counted(count: number, unit: string): string {
  return `${count} ${unit}${count === 1 ? "" : "s"}`;
}

function line(where: string, what: string, detail: string, why = ""): StepLine {
  return { where, what, detail, why };
}

function setLine({ table, set, entry, hit, verdict, origin }: SetLookupStep): StepLine {
  const found = verdict === undefined ? "is in it" : `→ ${verdict}`;
  const what = table === undefined ? `ipset ${set}` : `${table} @${set}`;
  return line("", what, `${entry} ${hit ? found : "is not in it"}`.trimStart(), originText(origin));
}

/** As iptables-save and as `nft list` have it. */
const comment = /(?: -m comment --|\s)comment (?:"((?:[^"\\]|\\.)*)"|(\S+))/;

function ruleLine(step: RuleStep, full: boolean): StepLine {
  const what = `${step.table} ${step.chain} ${step.ruleNumber}/${step.chainLength}`;
  const text = full ? step.text : step.text.replace(comment, "");
  const [, quoted, word] = full ? [] : (comment.exec(step.text) ?? []);
  const why = step.origin === undefined ? (quoted ?? word ?? "") : originText(step.origin);
  return line(step.hook, what, text.replace(`-A ${step.chain} `, ""), why);
}

function natLine(step: NatStep): StepLine {
  const { before, after } = step;
  const change =
    step.kind === "dnat"
      ? `${destinationText(before)} → ${destinationText(after)}`
      : `${sourceText(before)} → ${sourceText(after)}`;
  const by = { rule: "", conntrack: "by conntrack", ipvs: "by IPVS" }[step.by];
  return line("", step.kind.toUpperCase(), change, by);
}

function ipvsLine(step: IpvsStep): StepLine {
  const found = {
    scheduler: `chosen by ${step.scheduler}`,
    connection: "known connection",
    persistence: "persistent client",
  };
  const to =
    step.realServer === undefined
      ? `no real server to choose (${step.scheduler})`
      : `${step.realServer}, ${found[step.by]}`;
  const detail = `${step.virtualServer} → ${to}`;
  return line("", "ipvs", detail, originText(step.origin));
}

function routeText(step: RouteStep): string {
  if (step.decision === "local") return "to this host";
  if (step.decision === "none") return "none";
  return step.via === undefined ? `${step.device}` : `${step.device} via ${step.via}`;
}

function socketText(step: SocketStep): string {
  return step.listening
    ? `port ${step.port}: ${step.process}`
    : `port ${step.port}: nothing listens at ${step.process}`;
}

function relayText(step: RelayStep): string {
  if (step.endpoint === undefined) return `${step.process} finds no endpoint`;
  if (step.by === "load balancer") return `${step.process} dials ${step.endpoint}`;
  const turn = step.position === undefined ? "" : `, ${step.position} of ${step.endpoints}`;
  const again = step.attempt === 1 ? "" : `, attempt ${step.attempt}`;
  return `${step.process} dials ${step.endpoint}: ${step.by}${turn}${again}`;
}

function balanceText(step: BalanceStep): string {
  if (step.decision === "answer") return "an answer of its target gets its own address again";
  if (step.decision === "no-listener") return "it has no listener there";
  if (step.decision === "source-refused") return `${step.listener}: its security list does not allow the source`;
  const skipped = step.skipped.map(({ target, reason }) => `; not ${target}: ${reason}`).join("");
  const among = `${step.healthyTargets} of ${counted(step.targets, "target")} healthy`;
  if (step.target === undefined) return `${step.listener}: ${among}${skipped}`;
  const header = step.proxyHeader === undefined ? "" : `; ${proxyHeaderText(step.proxyHeader)}`;
  return `${step.listener} → ${step.target} (${step.mode}): ${step.algorithm}, ${among}${skipped}${header}`;
}

/** The line of version 1; version 2 says the same in bytes. */
function proxyHeaderText({ version, source, sourcePort, destination, destinationPort }: ProxyHeader): string {
  const family = source.includes(":") ? "TCP6" : "TCP4";
  return `PROXY ${version === "v1" ? "" : "v2 "}${family} ${source} ${destination} ${sourcePort} ${destinationPort}`;
}

function hex(mark: number): string {
  return `0x${mark.toString(16)}`;
}
