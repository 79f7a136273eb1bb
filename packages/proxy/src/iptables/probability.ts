/**
 * 1/n as kube-proxy writes it: ten digits after the point. Go rounds a tie to the even digit, JavaScript to the greater;
 * 1/2048 is the only tie.
 */
export function probabilityText(n: number): string {
  return n === 2048 ? "0.0004882812" : (1 / n).toFixed(10);
}

const kept = new Map<number, number>();

/** What the kernel keeps of 1/n: the ten digits times 2^31, rounded. */
export function probability31(n: number): number {
  const known = kept.get(n);
  if (known !== undefined) return known;
  const probability = Math.round(Number(probabilityText(n)) * 2 ** 31);
  kept.set(n, probability);
  return probability;
}

const texts = new Map<number, string>();

/**
 * The ten digits of 1/n from which the kernel's number was made; of a number that is no 1/n, its own nearest ones.
 */
export function probabilityTextOf(probability: number): string {
  const known = texts.get(probability);
  if (known !== undefined) return known;
  const n = Math.round(2 ** 31 / probability);
  const text = probability31(n) === probability ? probabilityText(n) : (probability / 2 ** 31).toFixed(10);
  texts.set(probability, text);
  return text;
}
