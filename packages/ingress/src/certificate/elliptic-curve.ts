import { type ECDSA, ecdsa, weierstrass } from "@noble/curves/abstract/weierstrass.js";
import { p256, p384, p521 } from "@noble/curves/nist.js";
import { sha224 } from "@noble/hashes/sha2.js";
import { unsignedOf } from "./der-reader.ts";

/** A curve of FIPS 186-5 that Go reads keys of. */
export interface EllipticCurve {
  /** `P-256`. */
  readonly name: string;
  readonly ecdsa: ECDSA;
  /** Bytes of one coordinate, and of a private key. */
  readonly size: number;
  /** What Go says of a coordinate that is too great. */
  readonly elementProblem: string;
}

const p224: ECDSA = ecdsa(
  weierstrass({
    p: 0xffffffffffffffffffffffffffffffff000000000000000000000001n,
    n: 0xffffffffffffffffffffffffffff16a2e0b8f03e13dd29455c5c2a3dn,
    h: 1n,
    a: 0xfffffffffffffffffffffffffffffffefffffffffffffffffffffffen,
    b: 0xb4050a850c04b3abf54132565044b0b7d7bfd8ba270b39432355ffb4n,
    Gx: 0xb70e0cbd6bb4bf7f321390b94a03c1d356c21122343280d6115c1d21n,
    Gy: 0xbd376388b5f723fb4c22dfe6cd4375a05a07476444d5819985007e34n,
  }),
  sha224,
);

const curves: Readonly<Record<string, EllipticCurve>> = {
  "1.3.132.0.33": { name: "P-224", ecdsa: p224, size: 28, elementProblem: "invalid P224Element encoding" },
  "1.2.840.10045.3.1.7": { name: "P-256", ecdsa: p256, size: 32, elementProblem: "invalid P256 element encoding" },
  "1.3.132.0.34": { name: "P-384", ecdsa: p384, size: 48, elementProblem: "invalid P384Element encoding" },
  "1.3.132.0.35": { name: "P-521", ecdsa: p521, size: 66, elementProblem: "invalid P521Element encoding" },
};

/** By its object identifier; undefined for curves that Go does not know. */
export function curveOf(objectIdentifier: string): EllipticCurve | undefined {
  return Object.hasOwn(curves, objectIdentifier) ? curves[objectIdentifier] : undefined;
}

/** What is wrong with the bytes of a point, in Go's words (crypto/ecdsa `ParseUncompressedPublicKey`); undefined for a good one. */
export function pointProblem(curve: EllipticCurve, bytes: Uint8Array): string | undefined {
  if (bytes[0] !== 4) return "ecdsa: invalid uncompressed public key";
  const name = curve.name.replace("-", "");
  if (bytes.length !== 1 + 2 * curve.size) return `invalid ${name} point encoding`;
  const [x, y] = [unsignedOf(bytes.subarray(1, 1 + curve.size)), unsignedOf(bytes.subarray(1 + curve.size))];
  const { p, a, b } = curve.ecdsa.Point.CURVE();
  if (x >= p || y >= p) return curve.elementProblem;
  const isOnCurve = (y * y - (x * x * x + a * x + b)) % p === 0n;
  return isOnCurve ? undefined : `${name} point not on curve`;
}

/** The public point of a private key, not compressed; undefined for a number that is none. */
export function publicPointOf(curve: EllipticCurve, secret: Uint8Array): Uint8Array | undefined {
  const scalar = unsignedOf(secret);
  if (scalar === 0n || scalar >= curve.ecdsa.Point.CURVE().n) return undefined;
  return curve.ecdsa.getPublicKey(secret, false);
}
