import { ed25519 } from "@noble/curves/ed25519.js";
import { contextTag, DerReader, tags, unsignedOf } from "./der-reader.ts";
import { curveOf, publicPointOf } from "./elliptic-curve.ts";
import { keyAlgorithms, type PublicKey } from "./public-key.ts";
import { isRsaKey, type RsaPrivateNumbers } from "./rsa-key.ts";

/** A private key that can be read, though crypto/tls has no use for it: X25519. */
export type UnusableKey = "unusable";

/**
 * The public half of a private key in DER: PKCS #1, PKCS #8 or SEC 1, tried in that order whatever its PEM block is called (crypto/tls
 * `parsePrivateKey`); undefined for what is none of them.
 */
export function publicHalfOf(der: Uint8Array): PublicKey | UnusableKey | undefined {
  return parsePkcs1(der) ?? parsePkcs8(der) ?? parseSec1(der, undefined);
}

/** RFC 8017, A.1.2. */
function parsePkcs1(der: Uint8Array): PublicKey | undefined {
  const outer = new DerReader(der);
  const reader = outer.inside(tags.sequence);
  if (reader === undefined || !outer.isEmpty) return undefined;
  const numbers: bigint[] = [];
  while (reader.peek(tags.integer) && numbers.length < 9) {
    const number = reader.integer();
    if (number === undefined) return undefined;
    numbers.push(number);
  }
  const [version, n, e, d, p, q, dP, dQ, qInverse] = numbers;
  if (q === undefined || version! > 1n || BigInt.asIntN(64, version!) !== version) return undefined;
  if (BigInt.asIntN(64, e!) !== e) return undefined;
  const morePrimes = primesOf(reader);
  if (morePrimes === undefined) return undefined;
  const key: RsaPrivateNumbers = { n: n!, e: e!, d: d!, p: p!, q, dP, dQ, qInverse, morePrimes };
  return isRsaKey(key) ? { kind: "RSA", modulus: key.n, exponent: key.e } : undefined;
}

/** Of a key of more than two primes, those behind the second. */
function primesOf(reader: DerReader): bigint[] | undefined {
  if (!reader.isSound) return undefined;
  if (!reader.peek(tags.sequence)) return [];
  const list = reader.inside(tags.sequence);
  if (list === undefined) return undefined;
  const primes: bigint[] = [];
  while (!list.isEmpty) {
    const entry = list.inside(tags.sequence);
    const numbers = [entry?.integer(), entry?.integer(), entry?.integer()];
    if (numbers.includes(undefined)) return undefined;
    primes.push(numbers[0]!);
  }
  return primes;
}

/** RFC 5208. */
function parsePkcs8(der: Uint8Array): PublicKey | UnusableKey | undefined {
  const reader = new DerReader(der).inside(tags.sequence);
  const version = reader?.integer();
  const algorithm = reader?.inside(tags.sequence);
  const name = algorithm?.objectIdentifier();
  if (version === undefined || algorithm === undefined || name === undefined) return undefined;
  const parameters = algorithm.isEmpty ? undefined : algorithm.any();
  const key = reader!.element(tags.octetString)?.content;
  if (key === undefined) return undefined;
  switch (name) {
    case keyAlgorithms.rsa:
      return parsePkcs1(key);
    case keyAlgorithms.ecdsa:
      return parseSec1(key, parameters && new DerReader(parameters.raw).objectIdentifier());
    case keyAlgorithms.ed25519: {
      const seed = parameters === undefined ? seedOf(key) : undefined;
      return seed === undefined ? undefined : { kind: "Ed25519", bytes: ed25519.getPublicKey(seed) };
    }
    case keyAlgorithms.x25519:
      return parameters === undefined && seedOf(key) !== undefined ? "unusable" : undefined;
    default:
      return undefined;
  }
}

function seedOf(key: Uint8Array): Uint8Array | undefined {
  const seed = new DerReader(key).element(tags.octetString)?.content;
  return seed?.length === 32 ? seed : undefined;
}

/** RFC 5915; the curve is the one of the PKCS #8 around it, if there is one. */
function parseSec1(der: Uint8Array, curveName: string | undefined): PublicKey | undefined {
  const reader = new DerReader(der).inside(tags.sequence);
  const version = reader?.integer();
  const secret = reader?.element(tags.octetString)?.content;
  if (reader === undefined || version !== 1n || secret === undefined) return undefined;
  const named = explicit(reader, 0, tags.objectIdentifier, (inner) => inner.objectIdentifier());
  const point = explicit(named.rest, 1, tags.bitString, (inner) => inner.bitString());
  if (named.isMalformed || point.isMalformed) return undefined;
  const curve = curveOf(curveName ?? named.value ?? "");
  if (curve === undefined) return undefined;
  const excess = secret.length - curve.size;
  if (excess > 0 && unsignedOf(secret.subarray(0, excess)) !== 0n) return undefined;
  const padded = new Uint8Array(curve.size);
  padded.set(secret.subarray(Math.max(excess, 0)), Math.max(-excess, 0));
  const publicPoint = publicPointOf(curve, padded);
  return publicPoint === undefined ? undefined : { kind: "ECDSA", curve, point: publicPoint };
}

interface Explicit<T> {
  readonly value?: T | undefined;
  readonly isMalformed?: boolean;
  readonly rest: DerReader;
}

/**
 * An element that is optional and has a tag around it. Go's encoding/asn1 minds the inner element alone: not the length of the outer one, and one
 * of another kind is as none.
 */
function explicit<T>(
  reader: DerReader,
  number: number,
  innerTag: number,
  read: (inner: DerReader) => T | undefined,
): Explicit<T> {
  if (!reader.isSound) return { isMalformed: true, rest: reader };
  if (!reader.peek(contextTag(number, { isConstructed: true }))) return { rest: reader };
  const inner = reader.fork();
  const length = inner.enter();
  if (length === undefined || length === 0) return { isMalformed: true, rest: reader };
  if (!inner.peek(innerTag)) return { rest: reader };
  const value = read(inner);
  return { value, isMalformed: value === undefined, rest: inner };
}
