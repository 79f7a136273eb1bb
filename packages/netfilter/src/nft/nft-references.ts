import type { NftStatement, NftVerdict } from "../ruleset/nft-expression.ts";
import type { NftElement } from "../ruleset/nft-table.ts";

/** Something that a rule or an element holds by its name, so that it cannot be deleted. */
export interface NftReference {
  readonly object: "chain" | "set" | "counter";
  readonly name: string;
}

/** What the statements of a rule name, in their order. */
export function statementReferences(statements: readonly NftStatement[]): NftReference[] {
  const references: NftReference[] = [];
  for (const statement of statements) addReferences(statement, references);
  return references;
}

/** The chain that an element of a verdict map leads to. */
export function elementReference(element: NftElement): NftReference | undefined {
  return element.verdict === undefined ? undefined : verdictReference(element.verdict);
}

function addReferences(statement: NftStatement, references: NftReference[]): void {
  switch (statement.kind) {
    case "match":
      if (statement.right.kind === "named") references.push({ object: "set", name: statement.right.set });
      return;
    case "vmap":
      if (statement.map.kind === "named") references.push({ object: "set", name: statement.map.map });
      else for (const { verdict } of statement.map.elements) addVerdict(verdict, references);
      return;
    case "verdict":
      addVerdict(statement.verdict, references);
      return;
    case "update-set":
      references.push({ object: "set", name: statement.set });
      return;
    case "counter":
      if (statement.name !== undefined) references.push({ object: "counter", name: statement.name });
  }
}

function addVerdict(verdict: NftVerdict, references: NftReference[]): void {
  const reference = verdictReference(verdict);
  if (reference !== undefined) references.push(reference);
}

function verdictReference(verdict: NftVerdict): NftReference | undefined {
  return verdict.kind === "jump" || verdict.kind === "goto" ? { object: "chain", name: verdict.chain } : undefined;
}
