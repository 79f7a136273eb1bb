import { ParseError } from "@kubenetsim/core/runtime/errors";
import { DerReader, tags } from "./der-reader.ts";
import { curveOf, type EllipticCurve, pointProblem } from "./elliptic-curve.ts";

/** The public half of a key. */
export type PublicKey =
  | { readonly kind: "RSA"; readonly modulus: bigint; readonly exponent: bigint }
  | { readonly kind: "ECDSA"; readonly curve: EllipticCurve; readonly point: Uint8Array }
  | { readonly kind: "Ed25519"; readonly bytes: Uint8Array }
  | { readonly kind: "DSA" };

/** What an algorithm is called, and the bytes of its parameters; none are empty. */
export interface AlgorithmIdentifier {
  readonly algorithm: string;
  readonly parameters: Uint8Array;
}

export const keyAlgorithms = {
  rsa: "1.2.840.113549.1.1.1",
  dsa: "1.2.840.10040.4.1",
  ecdsa: "1.2.840.10045.2.1",
  ed25519: "1.3.101.112",
  x25519: "1.3.101.110",
} as const;

/** crypto/x509 `parseAI`. @throws ParseError */
export function parseAlgorithm(reader: DerReader): AlgorithmIdentifier {
  const algorithm = reader.objectIdentifier();
  if (algorithm === undefined) throw new ParseError("x509: malformed OID");
  if (reader.isEmpty) return { algorithm, parameters: new Uint8Array() };
  const parameters = reader.any();
  if (parameters === undefined) throw new ParseError("x509: malformed parameters");
  return { algorithm, parameters: parameters.raw };
}

/** crypto/x509 `parsePublicKey`; undefined for an algorithm that Go does not know. @throws ParseError */
export function parsePublicKey(
  { algorithm, parameters }: AlgorithmIdentifier,
  data: Uint8Array,
): PublicKey | undefined {
  switch (algorithm) {
    case keyAlgorithms.rsa:
      if (parameters.length !== 2 || parameters[0] !== tags.null || parameters[1] !== 0) {
        throw new ParseError("x509: RSA key missing NULL parameters");
      }
      return parseRsa(data);
    case keyAlgorithms.ecdsa:
      return parseEcdsa(parameters, data);
    case keyAlgorithms.ed25519:
      if (parameters.length > 0) throw new ParseError("x509: Ed25519 key encoded with illegal parameters");
      if (data.length !== 32) throw new ParseError("x509: wrong Ed25519 public key size");
      return { kind: "Ed25519", bytes: data };
    case keyAlgorithms.dsa:
      return parseDsa(parameters, data);
    default:
      return undefined;
  }
}

function parseRsa(data: Uint8Array): PublicKey {
  const reader = new DerReader(data).inside(tags.sequence);
  if (reader === undefined) throw new ParseError("x509: invalid RSA public key");
  const modulus = reader.integer();
  if (modulus === undefined) throw new ParseError("x509: invalid RSA modulus");
  const exponent = reader.integer();
  if (exponent === undefined || BigInt.asIntN(64, exponent) !== exponent) {
    throw new ParseError("x509: invalid RSA public exponent");
  }
  if (modulus <= 0n) throw new ParseError("x509: RSA modulus is not a positive number");
  if (exponent <= 0n) throw new ParseError("x509: RSA public exponent is not a positive number");
  return { kind: "RSA", modulus, exponent };
}

function parseEcdsa(parameters: Uint8Array, data: Uint8Array): PublicKey {
  const name = new DerReader(parameters).objectIdentifier();
  if (name === undefined) throw new ParseError("x509: invalid ECDSA parameters");
  const curve = curveOf(name);
  if (curve === undefined) throw new ParseError("x509: unsupported elliptic curve");
  const problem = pointProblem(curve, data);
  if (problem !== undefined) throw new ParseError(problem);
  return { kind: "ECDSA", curve, point: data };
}

function parseDsa(parameters: Uint8Array, data: Uint8Array): PublicKey {
  const y = new DerReader(data).integer();
  if (y === undefined) throw new ParseError("x509: invalid DSA public key");
  const reader = new DerReader(parameters).inside(tags.sequence);
  const numbers = [y, reader?.integer(), reader?.integer(), reader?.integer()];
  if (numbers.includes(undefined)) throw new ParseError("x509: invalid DSA parameters");
  if (numbers.some((number) => number! <= 0n)) throw new ParseError("x509: zero or negative DSA parameter");
  return { kind: "DSA" };
}

/** Whether two are the same key; keys of different kinds never are. */
export function samePublicKey(left: PublicKey, right: PublicKey): boolean {
  if (left.kind === "RSA") {
    return right.kind === "RSA" && left.modulus === right.modulus && left.exponent === right.exponent;
  }
  if (left.kind === "ECDSA") {
    return right.kind === "ECDSA" && left.curve === right.curve && sameBytes(left.point, right.point);
  }
  return left.kind === "Ed25519" && right.kind === "Ed25519" && sameBytes(left.bytes, right.bytes);
}

export function sameBytes(left: Uint8Array, right: Uint8Array): boolean {
  return left.length === right.length && left.every((byte, i) => byte === right[i]);
}
