import type { IpFamily } from "@kubenetsim/core/net/address";
import type { Target } from "../ruleset/target.ts";
import { parseWords } from "./iptables-address-parse.ts";
import { parseMasked } from "./iptables-match-parse.ts";
import type { LineWords } from "./iptables-words.ts";

/** Targets that take options, as they stand before any was read. */
export function startTarget(name: string, family: IpFamily): Target | undefined {
  switch (name) {
    case "ACCEPT":
    case "DROP":
    case "RETURN":
      return { kind: name };
    case "REJECT":
      return { kind: name, with: family === "IPv4" ? "icmp-port-unreachable" : "icmp6-port-unreachable" };
    case "DNAT":
      return { kind: name, address: [], port: undefined };
    case "MASQUERADE":
      return { kind: name, randomFully: false };
    case "REDIRECT":
      return { kind: name, port: undefined };
    case "MARK":
      return { kind: name, value: 0, mask: 0 };
    default:
      return undefined;
  }
}

/** The target with one more option; undefined when the option is none of its own. */
export function readTargetOption(
  line: LineWords,
  target: Target,
  option: string,
  family: IpFamily,
): Target | undefined {
  switch (target.kind) {
    case "REJECT":
      return option === "--reject-with" ? { ...target, with: rejectType(line, family) } : undefined;
    case "DNAT":
      return option === "--to-destination" ? destination(line, family) : undefined;
    case "MASQUERADE":
      return option === "--random-fully" ? { ...target, randomFully: true } : undefined;
    case "REDIRECT":
      return option === "--to-ports" ? { ...target, port: line.number("a port", 65535) } : undefined;
    case "MARK":
      return markOption(line, option);
    default:
      return undefined;
  }
}

/** Refuses a target whose necessary option did not come. */
export function checkTarget(line: LineWords, target: Target): void {
  if (target.kind === "DNAT" && target.address.length === 0) throw line.error("-j DNAT needs --to-destination");
}

/** `--set-xmark V/M` keeps mark & ~M, then xors V; the other spellings come down to it (libxt_MARK.c). */
function markOption(line: LineWords, option: string): Target | undefined {
  switch (option) {
    case "--set-xmark": {
      const { value, mask } = parseMasked(line);
      return { kind: "MARK", value, mask: mask ?? 0xffffffff };
    }
    case "--set-mark": {
      const { value, mask } = parseMasked(line);
      return { kind: "MARK", value, mask: mask === undefined ? 0xffffffff : (value | mask) >>> 0 };
    }
    case "--or-mark": {
      const value = line.number("a mark", 0xffffffff, true);
      return { kind: "MARK", value, mask: value };
    }
    case "--xor-mark":
      return { kind: "MARK", value: line.number("a mark", 0xffffffff, true), mask: 0 };
    case "--and-mark":
      return { kind: "MARK", value: 0, mask: ~line.number("a mark", 0xffffffff, true) >>> 0 };
    default:
      return undefined;
  }
}

function destination(line: LineWords, family: IpFamily): Target {
  const word = line.take("a destination");
  const colon = family === "IPv4" ? word.indexOf(":") : -1;
  if (colon > 0 && !word.includes("-")) {
    const address = parseWords(line, family, word.slice(0, colon));
    return { kind: "DNAT", address, port: line.numberOf(word.slice(colon + 1), "a port", 65535) };
  }
  const [, bracketed, bare, port] = /^(?:\[([^\]]*)\]|([^[\]-]*?))(?::(\d+))?$/.exec(word) ?? [];
  const text = bracketed ?? (family === "IPv6" ? word : bare);
  if (text === undefined || text === "") throw line.unsupported(`DNAT to "${word}"`);
  const address = parseWords(line, family, text);
  const usesPort = port !== undefined && (family === "IPv4" || bracketed !== undefined);
  return { kind: "DNAT", address, port: usesPort ? line.numberOf(port, "a port", 65535) : undefined };
}

const rejectAliases: Readonly<Record<IpFamily, Readonly<Record<string, string>>>> = {
  IPv4: {
    "net-unreach": "icmp-net-unreachable",
    "host-unreach": "icmp-host-unreachable",
    "proto-unreach": "icmp-proto-unreachable",
    "port-unreach": "icmp-port-unreachable",
    "net-prohib": "icmp-net-prohibited",
    "host-prohib": "icmp-host-prohibited",
    "admin-prohib": "icmp-admin-prohibited",
    "tcp-rst": "tcp-reset",
  },
  IPv6: {
    "no-route": "icmp6-no-route",
    "adm-prohibited": "icmp6-adm-prohibited",
    "addr-unreach": "icmp6-addr-unreachable",
    "port-unreach": "icmp6-port-unreachable",
    "policy-fail": "icmp6-policy-fail",
    "reject-route": "icmp6-reject-route",
  },
};

function rejectType(line: LineWords, family: IpFamily): string {
  const word = line.take("a reject type");
  const aliases = rejectAliases[family];
  const type = aliases[word] ?? word;
  if (type !== "tcp-reset" && !Object.values(aliases).includes(type)) throw line.unsupported(`reject type "${word}"`);
  return type;
}
