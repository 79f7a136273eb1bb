import { parseAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { contextTag, DerReader, tags } from "./der-reader.ts";
import { byteText, isAscii } from "./distinguished-name.ts";
import { quotedBytes } from "./quoted-bytes.ts";

/**
 * Checks which names an authority may sign for (crypto/x509 `parseNameConstraintsExtension`); mailboxes are believed.
 *
 * @throws ParseError
 */
export function checkNameConstraints(value: Uint8Array): void {
  const outer = new DerReader(value);
  const trees = outer.inside(tags.sequence);
  if (trees === undefined || !outer.isEmpty) throw invalid();
  const lists = [0, 1].map((number) => {
    const tag = contextTag(number, { isConstructed: true });
    if (!trees.peek(tag)) return new Uint8Array();
    const list = trees.element(tag);
    if (list === undefined) throw invalid();
    return list.content;
  });
  if (!trees.isEmpty) throw invalid();
  if (lists.every((list) => list.length === 0)) throw new ParseError("x509: empty name constraints extension");
  for (const list of lists) checkSubtrees(new DerReader(list));
}

function invalid(): ParseError {
  return new ParseError("x509: invalid NameConstraints extension");
}

function checkSubtrees(subtrees: DerReader): void {
  while (!subtrees.isEmpty) {
    const base = subtrees.inside(tags.sequence)?.any();
    if (base === undefined) throw invalid();
    checkBase(base.tag, base.content);
  }
}

function checkBase(tag: number, content: Uint8Array): void {
  if (tag === contextTag(7)) {
    checkRange(content);
    return;
  }
  const kind = { [contextTag(1)]: "rfc822Name", [contextTag(2)]: "dnsName", [contextTag(6)]: "URI" }[tag];
  if (kind === undefined) return;
  const text = byteText(content);
  if (!isAscii(content))
    throw new ParseError(
      `x509: invalid constraint value: x509: ${quotedBytes(text)} cannot be encoded as an IA5String`,
    );
  if (kind === "rfc822Name" && text.includes("@")) return;
  if (kind === "URI" && parseAddress(text) !== undefined) {
    throw new ParseError(`x509: failed to parse URI constraint ${quotedBytes(text)}: cannot be IP address`);
  }
  if (!isConstraintDomain(text)) throw new ParseError(`x509: failed to parse ${kind} constraint ${quotedBytes(text)}`);
}

function checkRange(content: Uint8Array): void {
  if (content.length !== 8 && content.length !== 32) {
    throw new ParseError(`x509: IP constraint contained value of length ${content.length}`);
  }
  const mask = content.subarray(content.length / 2);
  const bits = [...mask].map((byte) => byte.toString(2).padStart(8, "0")).join("");
  if (/^1*0*$/.test(bits)) return;
  const hex = [...mask].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  throw new ParseError(`x509: IP constraint contained invalid mask ${hex}`);
}

/** crypto/x509 `domainNameValid` for a constraint: a leading dot stands for all names below. */
function isConstraintDomain(domain: string): boolean {
  if (domain === "") return true;
  const labels = (domain.startsWith(".") ? domain.slice(1) : domain).split(".");
  return labels.every((label) => /^[!-~]+$/.test(label));
}
