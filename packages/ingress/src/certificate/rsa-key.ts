/** The numbers of a private key of RSA (RFC 8017, A.1.2). */
export interface RsaPrivateNumbers {
  readonly n: bigint;
  readonly e: bigint;
  readonly d: bigint;
  readonly p: bigint;
  readonly q: bigint;
  /** These three are worked out where one of them is not there. */
  readonly dP: bigint | undefined;
  readonly dQ: bigint | undefined;
  readonly qInverse: bigint | undefined;
  readonly morePrimes: readonly bigint[];
}

/** Whether the numbers belong together (crypto/rsa `PrivateKey.Validate`, crypto/internal/fips140/rsa `checkPrivateKey`). */
export function isRsaKey(key: RsaPrivateNumbers): boolean {
  const { n, e, d, p, q, dP, dQ, qInverse, morePrimes } = key;
  const given = [n, d, p, q, dP, dQ, qInverse, ...morePrimes].filter((number) => number !== undefined);
  if (given.some((number) => number <= 0n)) return false;
  const isPublicKey = n % 2n === 1n && e >= 2n && e % 2n === 1n && e <= 0x7fffffffn;
  if (!isPublicKey || d >= n) return false;
  return morePrimes.length > 0 ? [p, q, ...morePrimes].every((prime) => prime > 1n) : isPairOfPrimes(key);
}

function isPairOfPrimes({ n, e, d, p, q, ...given }: RsaPrivateNumbers): boolean {
  if (p <= 2n || q <= 2n || p >= n || q >= n || p * q !== n) return false;
  const { dP, dQ, qInverse } = given;
  const isComplete = dP !== undefined && dQ !== undefined && qInverse !== undefined;
  const [exponentP, exponentQ] = isComplete ? [dP, dQ] : [d % (p - 1n), d % (q - 1n)];
  if (exponentP >= p - 1n || exponentQ >= q - 1n) return false;
  if ((exponentP * e) % (p - 1n) !== 1n || (exponentQ * e) % (q - 1n) !== 1n) return false;
  if (isComplete && (qInverse >= p || (qInverse * (q % p)) % p !== 1n)) return false;
  if (d % (p - 1n) !== exponentP || d % (q - 1n) !== exponentQ) return false;
  const bits = bitLength(n);
  const distance = p > q ? p - q : q - p;
  return distance > 0n && bitLength(distance) > Math.floor(bits / 2) - 100 && bitLength(d) > Math.floor(bits / 2);
}

function bitLength(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}
