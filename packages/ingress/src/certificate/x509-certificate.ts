import { ParseError } from "@kubenetsim/core/runtime/errors";
import { type CertificateExtensions, parseExtensions, type RawExtension } from "./certificate-extensions.ts";
import { parseGeneralizedTime, parseUtcTime } from "./certificate-time.ts";
import { contextTag, DerReader, tags } from "./der-reader.ts";
import { type DistinguishedName, parseName } from "./distinguished-name.ts";
import { type AlgorithmIdentifier, type PublicKey, parseAlgorithm, parsePublicKey, sameBytes } from "./public-key.ts";

/** A certificate of X.509 (RFC 5280). */
export interface X509Certificate {
  readonly version: number;
  readonly serial: bigint;
  readonly subject: DistinguishedName;
  readonly issuer: DistinguishedName;
  /** Virtual time, before 2026 below zero. */
  readonly notBeforeMs: number;
  readonly notAfterMs: number;
  /** undefined where its algorithm is not known. */
  readonly publicKey: PublicKey | undefined;
  readonly extensions: CertificateExtensions;
  readonly signatureAlgorithm: AlgorithmIdentifier;
  readonly signature: Uint8Array;
  /** The part that is signed. */
  readonly signed: Uint8Array;
  readonly raw: Uint8Array;
}

/**
 * Reads a certificate from DER.
 *
 * @throws ParseError in the words of Go's crypto/x509 `ParseCertificate` (go1.26)
 */
export function parseCertificate(der: Uint8Array): X509Certificate {
  const whole = need(new DerReader(der).element(tags.sequence), "malformed certificate");
  const outer = new DerReader(whole.content);
  const signed = need(outer.element(tags.sequence), "malformed tbs certificate");
  const reader = new DerReader(signed.content);
  const version = versionOf(reader);
  const serial = need(reader.integer(), "malformed serial number");
  if (serial < 0n) throw new ParseError("x509: negative serial number");
  const signatureAlgorithm = signatureAlgorithmOf(reader, outer);
  const issuer = parseName(need(reader.element(tags.sequence), "malformed issuer").raw);
  const validity = need(reader.inside(tags.sequence), "malformed validity");
  const [notBeforeMs, notAfterMs] = [timeOf(validity), timeOf(validity)];
  const subject = parseName(need(reader.element(tags.sequence), "malformed issuer").raw);
  const publicKey = publicKeyOf(reader);
  const extensions = version === 1 ? {} : extensionsOf(reader, version);
  const signature = rightAligned(need(outer.bitString(), "malformed signature"));
  if (whole.raw.length !== der.length) throw new ParseError("x509: trailing data");
  return {
    version,
    serial,
    subject,
    issuer,
    notBeforeMs,
    notAfterMs,
    publicKey,
    extensions,
    signatureAlgorithm,
    signature,
    signed: signed.raw,
    raw: whole.raw,
  };
}

function need<T>(value: T | undefined, problem: string): T {
  if (value === undefined) throw new ParseError(`x509: ${problem}`);
  return value;
}

function versionOf(reader: DerReader): number {
  const tag = contextTag(0, { isConstructed: true });
  if (!reader.peek(tag)) return 1;
  const inside = need(reader.inside(tag), "malformed version");
  const version = need(inside.integer(), "malformed version");
  if (!inside.isEmpty || version < 0n || BigInt.asIntN(64, version) !== version) {
    throw new ParseError("x509: malformed version");
  }
  if (version > 2n) throw new ParseError("x509: invalid version");
  return Number(version) + 1;
}

/** It stands twice, and has to be the same. */
function signatureAlgorithmOf(inner: DerReader, outer: DerReader): AlgorithmIdentifier {
  const innerBytes = need(inner.element(tags.sequence), "malformed signature algorithm identifier").content;
  const outerBytes = need(outer.element(tags.sequence), "malformed algorithm identifier").content;
  if (!sameBytes(innerBytes, outerBytes)) {
    throw new ParseError("x509: inner and outer signature algorithm identifiers don't match");
  }
  return parseAlgorithm(new DerReader(innerBytes));
}

function timeOf(validity: DerReader): number {
  if (validity.peek(tags.utcTime)) {
    const element = need(validity.element(tags.utcTime), "malformed UTCTime");
    return need(parseUtcTime(element.content), "malformed UTCTime");
  }
  if (!validity.peek(tags.generalizedTime)) throw new ParseError("x509: unsupported time format");
  const element = need(validity.element(tags.generalizedTime), "malformed GeneralizedTime");
  return need(parseGeneralizedTime(element.content), "malformed GeneralizedTime");
}

function publicKeyOf(reader: DerReader): PublicKey | undefined {
  const info = need(reader.inside(tags.sequence), "malformed spki");
  const algorithm = parseAlgorithm(need(info.inside(tags.sequence), "malformed public key algorithm identifier"));
  const bits = need(info.bitString(), "malformed subjectPublicKey");
  return parsePublicKey(algorithm, rightAligned(bits));
}

/** encoding/asn1 `BitString.RightAlign`: the unused bits stand first. */
function rightAligned({ bytes, unusedBits }: { bytes: Uint8Array; unusedBits: number }): Uint8Array {
  if (unusedBits === 0) return bytes;
  return bytes.map((byte, i) => (byte >> unusedBits) | ((i === 0 ? 0 : bytes[i - 1]!) << (8 - unusedBits)));
}

function extensionsOf(reader: DerReader, version: number): CertificateExtensions {
  skip(reader, contextTag(1), "malformed issuerUniqueID");
  skip(reader, contextTag(2), "malformed subjectUniqueID");
  const tag = contextTag(3, { isConstructed: true });
  if (version !== 3 || !reader.peek(tag)) return {};
  const list = need(need(reader.inside(tag), "malformed extensions").inside(tags.sequence), "malformed extensions");
  const seen = new Map<string, RawExtension>();
  while (!list.isEmpty) {
    const extension = extensionOf(need(list.inside(tags.sequence), "malformed extension"));
    if (seen.has(extension.id)) {
      throw new ParseError(`x509: certificate contains duplicate extension with OID "${extension.id}"`);
    }
    seen.set(extension.id, extension);
  }
  return parseExtensions([...seen.values()]);
}

function skip(reader: DerReader, tag: number, problem: string): void {
  if (reader.peek(tag)) need(reader.element(tag), problem);
}

function extensionOf(reader: DerReader): RawExtension {
  const id = need(reader.objectIdentifier(), "malformed extension OID field");
  const isCritical = reader.peek(tags.boolean) ? need(reader.boolean(), "malformed extension critical field") : false;
  const value = need(reader.element(tags.octetString), "malformed extension value field").content;
  return { id, isCritical, value };
}

/** The names that a certificate is for; none where it has no such extension. */
export function dnsNamesOf({ extensions }: X509Certificate): readonly string[] {
  return extensions.subjectAlternativeNames?.dnsNames ?? [];
}
