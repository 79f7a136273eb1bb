import type { NftStatement } from "../ruleset/nft-expression.ts";

/** The protocol that the rule's packets are known to have after these statements; undefined for any. */
export function knownProtocol(statements: readonly NftStatement[]): number | undefined {
  for (const statement of statements) {
    const protocol = protocolOf(statement);
    if (protocol !== undefined) return protocol;
  }
  return undefined;
}

/** Of `meta l4proto tcp`: 6. */
export function protocolOf(statement: NftStatement): number | undefined {
  if (statement.kind !== "match" || statement.negated || statement.right.kind !== "value") return undefined;
  const { value } = statement.right;
  return statement.key[0]!.kind === "l4proto" && value.kind === "protocol" ? value.number : undefined;
}

/** What `tcp dport 80` asks before the port is looked at: `meta l4proto tcp`, unless the rule has it already. */
export function protocolBefore(protocol: number | undefined, before: readonly NftStatement[]): NftStatement[] {
  if (protocol === undefined || knownProtocol(before) === protocol) return [];
  const value = { kind: "protocol", number: protocol } as const;
  return [{ kind: "match", key: [{ kind: "l4proto" }], negated: false, right: { kind: "value", value } }];
}
