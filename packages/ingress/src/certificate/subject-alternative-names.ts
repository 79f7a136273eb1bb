import { formatAddress, type IpAddress } from "@kubenetsim/core/net/address";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import { contextTag, DerReader, tags } from "./der-reader.ts";
import { byteText, isAscii } from "./distinguished-name.ts";
import { uriProblem } from "./uri-problem.ts";

/** Whom a certificate is for beside its subject (RFC 5280, 4.2.1.6). */
export interface SubjectAlternativeNames {
  readonly dnsNames: readonly string[];
  readonly ipAddresses: readonly IpAddress[];
}

const nameKinds: Readonly<Record<number, string>> = {
  [contextTag(1)]: "rfc822Name",
  [contextTag(2)]: "dNSName",
  [contextTag(6)]: "uniformResourceIdentifier",
};

/** crypto/x509 `parseSANExtension`. @throws ParseError */
export function parseSubjectAlternativeNames(value: Uint8Array): SubjectAlternativeNames {
  const reader = new DerReader(value).inside(tags.sequence);
  if (reader === undefined) throw new ParseError("x509: invalid subject alternative names");
  const dnsNames: string[] = [];
  const ipAddresses: IpAddress[] = [];
  while (!reader.isEmpty) {
    const name = reader.any();
    if (name === undefined) throw new ParseError("x509: invalid subject alternative name");
    const { tag, content } = name;
    const kind = nameKinds[tag];
    if (kind !== undefined && !isAscii(content)) throw new ParseError(`x509: SAN ${kind} is malformed`);
    const problem = tag === contextTag(6) ? uriProblem(byteText(content)) : undefined;
    if (problem !== undefined) throw new ParseError(problem);
    if (tag === contextTag(2)) dnsNames.push(byteText(content));
    if (tag === contextTag(7)) ipAddresses.push(addressOf(content));
  }
  return { dnsNames, ipAddresses };
}

function addressOf(bytes: Uint8Array): IpAddress {
  if (bytes.length !== 4 && bytes.length !== 16) {
    throw new ParseError(`x509: cannot parse IP address of length ${bytes.length}`);
  }
  const words: number[] = [];
  for (let i = 0; i < bytes.length; i += 4) {
    words.push((bytes[i]! << 24) | (bytes[i + 1]! << 16) | (bytes[i + 2]! << 8) | bytes[i + 3]!);
  }
  return formatAddress(words);
}
