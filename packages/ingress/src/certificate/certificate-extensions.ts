import { ParseError } from "@kubenetsim/core/runtime/errors";
import { contextTag, DerReader, tags } from "./der-reader.ts";
import { checkNameConstraints } from "./name-constraints.ts";
import { parseSubjectAlternativeNames, type SubjectAlternativeNames } from "./subject-alternative-names.ts";

/** What the extensions of a certificate say, as far as it decides whom it serves. */
export interface CertificateExtensions {
  /** undefined where there is no such extension. */
  readonly subjectAlternativeNames?: SubjectAlternativeNames;
  /** Whether it may sign others, and how many may stand between; undefined where nothing is said. */
  readonly basicConstraints?: { readonly isAuthority: boolean; readonly pathLength?: bigint };
  /** Names of RFC 5280, 4.2.1.3 by their number: 0 digitalSignature, 5 keyCertSign. */
  readonly keyUsage?: readonly number[];
  /** Object identifiers. */
  readonly extendedKeyUsage?: readonly string[];
  readonly subjectKeyId?: Uint8Array;
  readonly authorityKeyId?: Uint8Array;
  readonly hasNameConstraints?: boolean;
}

/** An extension as it stands. */
export interface RawExtension {
  readonly id: string;
  readonly isCritical: boolean;
  readonly value: Uint8Array;
}

type Parser = (extension: RawExtension) => CertificateExtensions;

/** By object identifier (crypto/x509 `processExtensions`). Of others nothing is known. */
const parsers: Readonly<Record<string, Parser>> = {
  "2.5.29.14": ({ value, isCritical }) => {
    if (isCritical) throw new ParseError("x509: subject key identifier incorrectly marked critical");
    const id = new DerReader(value).element(tags.octetString);
    return { subjectKeyId: found(id, "invalid subject key identifier").content };
  },
  "2.5.29.15": ({ value }) => {
    const { bytes } = found(new DerReader(value).bitString(), "invalid key usage");
    const bits = [0, 1, 2, 3, 4, 5, 6, 7, 8];
    return { keyUsage: bits.filter((bit) => ((bytes[bit >> 3] ?? 0) & (0x80 >> (bit & 7))) !== 0) };
  },
  "2.5.29.17": ({ value }) => ({ subjectAlternativeNames: parseSubjectAlternativeNames(value) }),
  "2.5.29.19": ({ value }) => ({ basicConstraints: basicConstraintsOf(value) }),
  "2.5.29.30": ({ value }) => {
    checkNameConstraints(value);
    return { hasNameConstraints: true };
  },
  "2.5.29.31": ({ value }) => {
    checkDistributionPoints(value);
    return {};
  },
  "2.5.29.32": ({ value }) => {
    checkPolicies(value);
    return {};
  },
  "2.5.29.33": ({ value }) => {
    checkPolicyMappings(value);
    return {};
  },
  "2.5.29.35": ({ value, isCritical }) => {
    if (isCritical) throw new ParseError("x509: authority key identifier incorrectly marked critical");
    const problem = "invalid authority key identifier";
    const reader = found(new DerReader(value).inside(tags.sequence), problem);
    return reader.peek(contextTag(0)) ? { authorityKeyId: found(reader.element(contextTag(0)), problem).content } : {};
  },
  "2.5.29.36": ({ value }) => {
    checkPolicyConstraints(value);
    return {};
  },
  "2.5.29.37": ({ value }) => {
    const reader = found(new DerReader(value).inside(tags.sequence), "invalid extended key usages");
    const usages: string[] = [];
    while (!reader.isEmpty) usages.push(found(reader.objectIdentifier(), "invalid extended key usages"));
    return { extendedKeyUsage: usages };
  },
  "2.5.29.54": ({ value }) => {
    const skipped = new DerReader(value).integer();
    if (skipped === undefined || BigInt.asIntN(64, skipped) !== skipped) {
      throw new ParseError("x509: invalid inhibit any policy extension");
    }
    return {};
  },
  "1.3.6.1.5.5.7.1.1": ({ value, isCritical }) => {
    if (isCritical) throw new ParseError("x509: authority info access incorrectly marked critical");
    checkInformationAccess(value);
    return {};
  },
};

/** @throws ParseError in the words of Go */
export function parseExtensions(extensions: readonly RawExtension[]): CertificateExtensions {
  const parsed = extensions.map((extension) =>
    Object.hasOwn(parsers, extension.id) ? parsers[extension.id]!(extension) : {},
  );
  return Object.assign({}, ...parsed) as CertificateExtensions;
}

function found<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw new ParseError(`x509: ${problem}`);
  return value;
}

function basicConstraintsOf(value: Uint8Array): { isAuthority: boolean; pathLength?: bigint } {
  const problem = "invalid basic constraints";
  const reader = found(new DerReader(value).inside(tags.sequence), problem);
  const isAuthority = reader.peek(tags.boolean) ? found(reader.boolean(), problem) : false;
  if (!reader.peek(tags.integer)) return { isAuthority };
  const pathLength = found(reader.integer(), problem);
  if (pathLength < 0n || BigInt.asIntN(64, pathLength) !== pathLength) throw new ParseError(`x509: ${problem}`);
  return { isAuthority, pathLength };
}

function checkDistributionPoints(value: Uint8Array): void {
  const points = found(new DerReader(value).inside(tags.sequence), "invalid CRL distribution points");
  const constructed = contextTag(0, { isConstructed: true });
  const problem = "invalid CRL distribution point";
  while (!points.isEmpty) {
    const point = found(points.inside(tags.sequence), problem);
    if (!point.peek(constructed)) continue;
    const names = found(found(point.inside(constructed), problem).inside(constructed), problem);
    while (names.peek(contextTag(6))) found(names.element(contextTag(6)), problem);
  }
}

function checkPolicies(value: Uint8Array): void {
  const problem = "invalid certificate policies";
  const policies = found(new DerReader(value).inside(tags.sequence), problem);
  const seen = new Set<string>();
  while (!policies.isEmpty) {
    const content = found(
      found(policies.inside(tags.sequence), problem).element(tags.objectIdentifier),
      problem,
    ).content;
    const text = content.join(",");
    if (seen.has(text) || !isObjectIdentifier(content)) throw new ParseError(`x509: ${problem}`);
    seen.add(text);
  }
}

/** Of any length and size of its numbers (crypto/x509 `newOIDFromDER`). */
function isObjectIdentifier(bytes: Uint8Array): boolean {
  if (bytes.length === 0 || (bytes.at(-1)! & 0x80) !== 0) return false;
  return bytes.every((byte, i) => byte !== 0x80 || (i > 0 && (bytes[i - 1]! & 0x80) !== 0));
}

function checkPolicyMappings(value: Uint8Array): void {
  const problem = "invalid policy mappings extension";
  const mappings = found(new DerReader(value).inside(tags.sequence), problem);
  while (!mappings.isEmpty) {
    const mapping = found(mappings.inside(tags.sequence), problem);
    found(mapping.element(tags.objectIdentifier), problem);
    found(mapping.element(tags.objectIdentifier), problem);
  }
}

function checkPolicyConstraints(value: Uint8Array): void {
  const problem = "invalid policy constraints extension";
  const reader = found(new DerReader(value).inside(tags.sequence), problem);
  for (const tag of [contextTag(0), contextTag(1)]) {
    if (!reader.peek(tag)) continue;
    const skipped = found(reader.integer(tag), problem);
    if (BigInt.asIntN(64, skipped) !== skipped) throw new ParseError(`x509: ${problem}`);
  }
}

function checkInformationAccess(value: Uint8Array): void {
  const problem = "invalid authority info access";
  const descriptions = found(new DerReader(value).inside(tags.sequence), problem);
  while (!descriptions.isEmpty) {
    const description = found(descriptions.inside(tags.sequence), problem);
    found(description.objectIdentifier(), problem);
    if (description.peek(contextTag(6))) found(description.element(contextTag(6)), problem);
  }
}
