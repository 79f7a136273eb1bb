import type { NftKey, NftStatement } from "../ruleset/nft-expression.ts";
import type { NftFamily } from "../ruleset/nft-table.ts";
import { protocolOf } from "./nft-implied-protocol.ts";
import { statementText } from "./nft-statement-print.ts";
import { portProtocols } from "./nft-symbols.ts";

type Match = NftStatement & { kind: "match" };

/**
 * A rule's statements as `nft list` prints them: read back from the kernel's code for them, they are not always those that
 * were fed. A set of one element is that element, `meta l4proto tcp` before a port becomes `tcp dport`, and a source and a
 * destination port that both are compared are compared at once.
 */
export function listedStatements(statements: readonly NftStatement[], family: NftFamily): string {
  const read = withMergedPorts(statements.map(withoutBraces));
  const texts: string[] = [];
  let protocol: number | undefined;
  /** Where in `texts` a protocol stands that the next port makes needless. */
  let needless: number | undefined;
  for (const [i, statement] of read.entries()) {
    const asked = protocolOf(statement);
    if (asked !== undefined) {
      protocol = asked;
      needless = texts.length;
    } else if (needless !== undefined && saysProtocol(statement, protocol)) {
      texts.splice(needless, 1);
      needless = undefined;
    } else if (statement.kind !== "match") {
      needless = undefined;
    }
    const ports = portProtocols.get(protocol ?? -1) ?? "th";
    const both = ports === "th" ? rawPorts(statement, read[i + 1]) : undefined;
    if (both !== undefined) texts.push(both);
    else if (ports !== "th" || rawPorts(read[i - 1], statement) === undefined) {
      texts.push(statementText(statement, { family, style: "listed", ports }));
    }
  }
  return texts.join(" ");
}

function withoutBraces(statement: NftStatement): NftStatement {
  if (statement.kind !== "match" || statement.right.kind !== "anonymous" || statement.key.length > 1) return statement;
  const { elements } = statement.right;
  return elements.length === 1 ? { ...statement, right: { kind: "value", value: elements[0]![0]! } } : statement;
}

/** A source and a destination port compared with one value each stand together, where the source port stood. */
function withMergedPorts(statements: readonly NftStatement[]): readonly NftStatement[] {
  const source = statements.find((statement) => isPort(statement, "sport"));
  const destination = statements.find((statement) => isPort(statement, "dport"));
  if (source === undefined || destination === undefined) return statements;
  return statements.flatMap((statement) => {
    if (statement === source) return [source, destination];
    return statement === destination ? [] : [statement];
  });
}

function isPort(statement: NftStatement | undefined, which: "sport" | "dport"): statement is Match {
  if (statement?.kind !== "match" || statement.negated || statement.right.kind !== "value") return false;
  return statement.key.length === 1 && statement.key[0]!.kind === which;
}

/** Both ports of any protocol: nft has no words for that and prints the 32 bits. */
function rawPorts(source: NftStatement | undefined, destination: NftStatement | undefined): string | undefined {
  if (!isPort(source, "sport") || !isPort(destination, "dport")) return undefined;
  return `@th,0,32 0x${(portOf(source) * 0x10000 + portOf(destination)).toString(16)}`;
}

function portOf({ right }: Match): number {
  return right.kind === "value" && right.value.kind === "number" ? right.value.number : 0;
}

/** The statement's own words say the protocol: `tcp dport`, `reject with tcp reset`. */
function saysProtocol(statement: NftStatement, protocol: number | undefined): boolean {
  if (statement.kind === "reject") return protocol === 6 && statement.with === "tcp reset";
  if (!portProtocols.has(protocol ?? -1)) return false;
  if (statement.kind === "set-mark-to") return readsPort([statement.field]);
  if (statement.kind !== "match" && statement.kind !== "vmap" && statement.kind !== "dnat-map") return false;
  return readsPort(statement.key);
}

function readsPort(key: NftKey): boolean {
  return key.some((field) =>
    field.kind === "jhash" ? readsPort(field.of) : field.kind === "sport" || field.kind === "dport",
  );
}
