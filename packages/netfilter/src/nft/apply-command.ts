import type { NftElementKey, NftStatement, NftValue } from "../ruleset/nft-expression.ts";
import type { NftBase, NftChain, NftDataType, NftElement, NftRule } from "../ruleset/nft-table.ts";
import type { NftCommand } from "../ruleset/nft-transaction.ts";
import { nftKeyText } from "./nft-element-key.ts";
import { elementReference, type NftReference, statementReferences } from "./nft-references.ts";
import type { NftSetDefinition } from "./table-memory.ts";
import type { TableTransaction } from "./table-transaction.ts";

/** Makes the error of this command out of the kernel's word for it. */
type Refusal = (reason: string, by?: "nft" | "kernel") => Error;

type RemoveSet = NftCommand & { readonly verb: "delete" | "flush"; readonly object: "set" | "map" };

const missing = "No such file or directory";
const exists = "File exists";
const busy = "Device or resource busy";
const invalid = "Invalid argument";
const unsupported = "Operation not supported";

/** One command that is not `add table` or `delete table`, with the checks that nf_tables_api.c makes. */
export function applyCommand(table: TableTransaction, command: NftCommand, refuse: Refusal): void {
  switch (command.object) {
    case "table":
      for (const name of table.chainNames()) table.emptyChain(name);
      return;
    case "chain":
      if (command.verb === "add") addChain(table, command.chain, refuse);
      else removeChain(table, command.verb, command.name, refuse);
      return;
    case "rule":
      addRule(table, command.chain, command.rule, refuse);
      return;
    case "set":
    case "map":
      if (command.verb === "add") addSet(table, command.set, refuse);
      else removeSet(table, command, refuse);
      return;
    case "element":
      if (command.verb === "add") addElement(table, command.set, command.element, refuse);
      else deleteElement(table, command.set, command.element, refuse);
      return;
    case "counter":
      if (command.verb === "delete") deleteCounter(table, command.name, refuse);
      else if (table.counter(command.counter.name) === undefined)
        table.setCounter(command.counter.name, command.counter);
  }
}

function addChain(table: TableTransaction, chain: Omit<NftChain, "rules">, refuse: Refusal): void {
  const there = table.chain(chain.name);
  if (there === undefined) {
    table.createChain(chain);
    return;
  }
  if (chain.base === undefined) return;
  if (there.base === undefined) throw refuse(exists);
  if (!sameHook(there.base, chain.base)) throw refuse(unsupported);
  if (chain.base.policy !== there.base.policy) table.changeChain({ ...there, base: chain.base });
}

function sameHook(a: NftBase, b: NftBase): boolean {
  return a.type === b.type && a.hook === b.hook && a.priority === b.priority;
}

function removeChain(table: TableTransaction, verb: "delete" | "flush", name: string, refuse: Refusal): void {
  if (table.chain(name) === undefined) throw refuse(missing);
  table.emptyChain(name);
  if (verb === "flush") return;
  if (table.uses({ object: "chain", name }) > 0) throw refuse(busy);
  table.deleteChain(name);
}

function addRule(table: TableTransaction, chain: string, rule: NftRule, refuse: Refusal): void {
  if (table.chain(chain) === undefined) throw refuse(missing);
  checkPorts(rule.statements, refuse);
  for (const reference of statementReferences(rule.statements)) checkReference(table, reference, refuse);
  for (const statement of rule.statements) {
    if (statement.kind === "update-set") updateSet(table, statement.set, refuse);
  }
  table.addRule(chain, rule);
}

/** nft reads no port beyond 65535 and no minus; a sync of kube-proxy can have both. */
function checkPorts(statements: readonly NftStatement[], refuse: Refusal): void {
  for (const statement of statements) {
    if (statement.kind === "dnat") checkPort(statement.to.port, refuse);
    else if (statement.kind === "dnat-map") for (const { to } of statement.elements) checkPort(to.port, refuse);
  }
}

function checkPort(port: number | undefined, refuse: Refusal): void {
  if (port === undefined) return;
  if (port < 0) throw refuse("syntax error, unexpected -", "nft");
  if (port > 65_535) throw refuse("Service out of range", "nft");
}

/** How many elements a set takes that rules add to, unless it says so itself. */
const defaultSize = 65_535;

function updateSet(table: TableTransaction, name: string, refuse: Refusal): void {
  const set = table.set(name)!;
  const grows = set.size === undefined || set.flags.includes("dynamic") || hasTimeouts(set);
  if (!grows || set.flags.includes("interval")) throw refuse(unsupported);
  if (set.size === undefined) table.limitSet(name, defaultSize);
}

/** What is named must be there; base chains cannot be jumped to. */
function checkReference(table: TableTransaction, reference: NftReference, refuse: Refusal): void {
  const { object, name } = reference;
  if (object === "chain") {
    const chain = table.chain(name);
    if (chain === undefined) throw refuse(missing);
    if (chain.base !== undefined) throw refuse(unsupported);
  } else if ((object === "set" ? table.set(name) : table.counter(name)) === undefined) {
    throw refuse(missing);
  }
}

/** Since Linux 6.2 adding a set that is there changes its timeout, and its size where one is given. */
function addSet(table: TableTransaction, set: NftSetDefinition, refuse: Refusal): void {
  checkTime(set.timeoutSeconds, refuse);
  const there = table.set(set.name);
  if (there === undefined) table.createSet(set);
  else if (!sameShape(there, set)) throw refuse(exists);
  else if (there.timeoutSeconds !== set.timeoutSeconds || set.size !== undefined) table.changeLimits(set);
}

/** The kernel holds no more milliseconds (nf_msecs_to_jiffies64): its nanoseconds would not fit into 64 bits. */
const tooManyMs = 18_446_744_073_709;

function checkTime(seconds: number | undefined, refuse: Refusal): void {
  if (seconds !== undefined && seconds * 1000 >= tooManyMs) throw refuse("Numerical result out of range");
}

function sameShape(a: NftSetDefinition, b: NftSetDefinition): boolean {
  return a.type.join() === b.type.join() && String(a.data) === String(b.data) && sortedFlags(a) === sortedFlags(b);
}

function sortedFlags(set: NftSetDefinition): string {
  const flags = set.flags.filter((flag) => flag !== "timeout");
  return [...flags, ...(hasTimeouts(set) ? ["timeout"] : [])].sort().join();
}

function hasTimeouts(set: NftSetDefinition): boolean {
  return set.timeoutSeconds !== undefined || set.flags.includes("timeout");
}

/** nft flushes a map only as a map and a set as a set, but deletes either as both. */
function removeSet(table: TableTransaction, command: RemoveSet, refuse: Refusal): void {
  const { verb, object, name } = command;
  const set = table.set(name);
  if (set === undefined) throw refuse(missing);
  if (verb === "flush" && (object === "map") !== (set.data !== undefined)) throw refuse(missing);
  if (verb === "delete" && table.uses({ object: "set", name }) > 0) throw refuse(busy);
  table.emptySet(name);
  if (verb === "delete") table.deleteSet(name);
}

function addElement(table: TableTransaction, set: string, element: NftElement, refuse: Refusal): void {
  const definition = table.set(set);
  if (definition === undefined) throw refuse(missing);
  if (!fits(definition, element)) throw refuse(invalid);
  checkTime(element.timeoutSeconds, refuse);
  const reference = elementReference(element);
  if (reference !== undefined) checkReference(table, reference, refuse);
  const key = nftKeyText(element.key);
  const there = table.element(set, key);
  if (there !== undefined) {
    if (dataText(there) !== dataText(element)) throw refuse(exists);
    return;
  }
  if (definition.size !== undefined && table.elementCount(set) >= definition.size) {
    throw refuse("Too many open files in system");
  }
  table.addElement(set, key, element);
}

function deleteElement(table: TableTransaction, set: string, element: NftElement, refuse: Refusal): void {
  if (table.set(set) === undefined) throw refuse(missing);
  const key = nftKeyText(element.key);
  const there = table.element(set, key);
  if (there === undefined) throw refuse(missing);
  table.deleteElement(set, key, there);
}

function dataText(element: NftElement): string {
  const { verdict, value } = element;
  if (value !== undefined) return nftKeyText(value);
  if (verdict === undefined) return "";
  return verdict.kind === "jump" || verdict.kind === "goto" ? `${verdict.kind} ${verdict.chain}` : verdict.kind;
}

/** The element's key and data are of the set's types. */
function fits(set: NftSetDefinition, element: NftElement): boolean {
  if (!hasTypes(element.key, set.type)) return false;
  if (set.data === "verdict") return element.verdict !== undefined && element.value === undefined;
  if (set.data === undefined) return element.verdict === undefined && element.value === undefined;
  return element.verdict === undefined && element.value !== undefined && hasTypes(element.value, set.data);
}

function hasTypes(key: NftElementKey, types: readonly NftDataType[]): boolean {
  return key.length === types.length && key.every((value, i) => hasType(value, types[i]!));
}

function hasType(value: NftValue, type: NftDataType): boolean {
  switch (type) {
    case "ipv4_addr":
    case "ipv6_addr":
      return addressLength(value) === (type === "ipv4_addr" ? 1 : 4);
    case "inet_proto":
      return value.kind === "protocol";
    case "inet_service":
      return value.kind === "number";
    case "mark":
      return value.kind === "mark";
    case "ifname":
      return value.kind === "device";
  }
}

function addressLength(value: NftValue): number {
  if (value.kind === "address") return value.words.length;
  return value.kind === "cidr" ? value.cidr.words.length : 0;
}

function deleteCounter(table: TableTransaction, name: string, refuse: Refusal): void {
  if (table.counter(name) === undefined) throw refuse(missing);
  if (table.uses({ object: "counter", name }) > 0) throw refuse(busy);
  table.setCounter(name, undefined);
}
