/**
 * 1/n as kube-proxy writes it: ten digits after the point. Go rounds a tie to the even digit, JavaScript to the greater;
 * 1/2048 is the only tie.
 */
export function probabilityText(n: number): string {
  return n === 2048 ? "0.0004882812" : (1 / n).toFixed(10);
}

/** What the kernel keeps of 1/n: the ten digits times 2^31, rounded. */
export function probability31(n: number): number {
  return Math.round(Number(probabilityText(n)) * 2 ** 31);
}

/**
 * The ten digits of 1/n from which the kernel's number was made; of a number that is no 1/n, its own nearest ones.
 */
export function probabilityTextOf(kept: number): string {
  const n = Math.round(2 ** 31 / kept);
  return probability31(n) === kept ? probabilityText(n) : (kept / 2 ** 31).toFixed(10);
}
