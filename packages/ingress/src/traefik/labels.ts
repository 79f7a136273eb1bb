import { goQuoted } from "@kubenetsim/core/runtime/go-quoted";
import { boolOf } from "./flags.ts";

/** What may stand under a name, as Go's structs say it. */
export type LabelKind = "string" | "bool" | "int" | "list" | LabelStruct;

export interface LabelStruct {
  readonly fields: Readonly<Record<string, LabelKind>>;
  /** It may stand alone: `tls: "true"`; any other value turns all of it off. */
  readonly allowsEmpty?: boolean;
}

export type LabelValue = string | boolean | number | readonly string[] | LabelValues;

/** By the names in small letters of the fields that are given. */
export interface LabelValues {
  readonly [name: string]: LabelValue;
}

/** An annotation that Traefik cannot read. */
export class LabelProblem extends Error {}

const prefix = "traefik.ingress.kubernetes.io/";

interface Node {
  readonly name: string;
  value: string;
  readonly children: Map<string, Node>;
}

/**
 * The annotations `traefik.ingress.kubernetes.io/ROOT.…` as the fields of a struct (pkg/provider/kubernetes/ingress/annotations.go
 * `parseRouterConfig`, with traefik/paerser). undefined where there is none.
 *
 * @throws LabelProblem in Traefik's words
 */
export function readLabels(
  annotations: Readonly<Record<string, string>>,
  root: string,
  struct: LabelStruct,
): LabelValues | undefined {
  const tree: Node = { name: root, value: "", children: new Map() };
  const keys = Object.keys(annotations).filter((key) => key.toLowerCase().startsWith(`${prefix}${root}.`));
  for (const key of keys.filter((each) => each.startsWith(prefix)).sort()) {
    const name = key.slice(prefix.length).replace(/^(.+)\.(\w+)\.(\d+)\.(.+)$/, "$1.$2[$3].$4");
    plant(tree, name, annotations[key]!);
  }
  if (tree.children.size === 0) return undefined;
  checkKnown(tree, struct);
  return valuesOf(tree, struct);
}

function plant(tree: Node, key: string, value: string): void {
  const parts = key.split(".").slice(1);
  let node = tree;
  for (const part of parts.flatMap((each) => each.split(/(?=\[\d+\]$)/))) {
    if (part === "") throw new LabelProblem(`invalid element: traefik.${key}`);
    const known = node.children.get(part.toLowerCase());
    const next = known ?? { name: part, value: "", children: new Map() };
    node.children.set(part.toLowerCase(), next);
    node = next;
  }
  node.value = value;
}

function checkKnown(node: Node, struct: LabelStruct): void {
  for (const [name, child] of node.children) {
    const kind = Object.hasOwn(struct.fields, name) ? struct.fields[name] : undefined;
    if (kind === undefined) throw new LabelProblem(`field not found, node: ${child.name}`);
    if (typeof kind === "object") {
      if (child.children.size === 0 && !kind.allowsEmpty) {
        throw new LabelProblem(`${child.name} cannot be a standalone element`);
      }
      checkKnown(child, kind);
    } else if (child.children.size > 0) throw new LabelProblem(`invalid node ${child.name}: ${kind}`);
  }
}

function valuesOf(node: Node, { fields }: LabelStruct): LabelValues {
  const values: Record<string, LabelValue> = {};
  for (const [name, child] of node.children) {
    const kind = fields[name]!;
    if (typeof kind !== "object") values[name] = leafOf(child.value, kind);
    else if (!isOff(child, kind)) values[name] = valuesOf(child, kind);
  }
  return values;
}

function isOff({ value }: Node, { allowsEmpty }: LabelStruct): boolean {
  return allowsEmpty === true && value !== "" && value.toLowerCase() !== "true";
}

function leafOf(text: string, kind: "string" | "bool" | "int" | "list"): LabelValue {
  if (kind === "string") return text;
  if (kind === "list") return text === "" ? [] : text.split(",").map((each) => each.trim());
  if (kind === "bool") {
    const value = boolOf(text);
    if (value !== undefined) return value;
    throw new LabelProblem(`strconv.ParseBool: parsing ${goQuoted(text)}: invalid syntax`);
  }
  if (/^[+-]?\d{1,15}$/.test(text)) return Number(text);
  throw new LabelProblem(`strconv.ParseInt: parsing ${goQuoted(text)}: invalid syntax`);
}
