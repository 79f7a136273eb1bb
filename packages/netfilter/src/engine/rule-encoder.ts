import type { AddressCondition, DeviceCondition, Rule } from "../ruleset/rule.ts";
import type { Target } from "../ruleset/target.ts";
import { headerLength, ruleFlag, targetCode, targetShift } from "./code-layout.ts";
import { encodeMatches, type MatchNames } from "./match-encoder.ts";

/** Gives numbers to what a rule names. */
export interface RuleNames extends MatchNames {
  deviceId(condition: DeviceCondition): number;
  rejectId(type: string): number;
  /** The chain of the same table; throws when there is none. */
  chainId(name: string, rule: Rule): number;
}

/** What the rule belongs to beside its chain. */
export type Membership =
  | { readonly kind: "run"; readonly id: number }
  | { readonly kind: "cascade"; readonly id: number }
  | undefined;

/** Appends the record of one rule. */
export function encodeRule(code: number[], rule: Rule, index: number, member: Membership, names: RuleNames): void {
  const start = code.length;
  const counters = rule.counters;
  const bytes = counters?.bytes ?? 0;
  code.push(
    0,
    index | (rule.matches.length << 24),
    counters?.packets ?? 0,
    bytes % 2 ** 30,
    Math.floor(bytes / 2 ** 30),
  );
  let flags = 0;
  if (member !== undefined) {
    flags |= member.kind === "run" ? ruleFlag.runMember : ruleFlag.cascadeMember;
    code.push(member.id);
  }
  flags |= encodeAddress(code, rule.destination, 1);
  flags |= encodeAddress(code, rule.source, 8);
  if (rule.protocol !== undefined && rule.protocol.number !== 0) {
    flags |= ruleFlag.protocol;
    code.push(rule.protocol.number | (rule.protocol.negated ? 256 : 0));
  }
  if (rule.inDevice !== undefined || rule.outDevice !== undefined) {
    flags |= ruleFlag.devices;
    code.push(rule.inDevice ? names.deviceId(rule.inDevice) : -1, rule.outDevice ? names.deviceId(rule.outDevice) : -1);
  }
  if (encodeMatches(code, rule.matches, member?.kind === "cascade", names)) flags |= ruleFlag.matches;
  const target = encodeTarget(code, rule.target, rule, names);
  code[start] = flags | (target << targetShift) | ((code.length - start) << 16);
}

/** `factor` shifts the flags of the destination to those of the source. */
function encodeAddress(code: number[], condition: AddressCondition | undefined, factor: number): number {
  if (condition === undefined || (condition.prefix === 0 && !condition.negated)) return 0;
  const width = condition.words.length;
  code.push(...condition.words);
  const masked = condition.prefix < width * 32;
  for (let i = 0; masked && i < width; i++) code.push(maskOf(condition.prefix - 32 * i));
  const flags =
    ruleFlag.destination |
    (masked ? ruleFlag.destinationMasked : 0) |
    (condition.negated ? ruleFlag.destinationNegated : 0);
  return flags * factor;
}

function maskOf(bits: number): number {
  return bits <= 0 ? 0 : bits >= 32 ? -1 : -1 << (32 - bits);
}

function encodeTarget(code: number[], target: Target | undefined, rule: Rule, names: RuleNames): number {
  if (target === undefined) return targetCode.none;
  switch (target.kind) {
    case "ACCEPT":
    case "DROP":
    case "RETURN":
      break;
    case "jump":
    case "goto":
      code.push(names.chainId(target.chain, rule));
      break;
    case "REJECT":
      code.push(names.rejectId(target.with));
      break;
    case "DNAT":
      code.push(...target.address, target.port ?? -1);
      break;
    case "MASQUERADE":
      code.push(Number(target.randomFully));
      break;
    case "REDIRECT":
      code.push(target.port ?? -1);
      break;
    case "MARK":
      code.push(target.value | 0, target.mask | 0);
      break;
    default:
      target satisfies never;
  }
  return targetCode[target.kind];
}

/** Where a rule's conditions start. */
export function conditionsStart(pc: number, flags: number): number {
  return pc + headerLength + ((flags & (ruleFlag.runMember | ruleFlag.cascadeMember)) === 0 ? 0 : 1);
}
