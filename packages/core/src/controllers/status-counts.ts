/** A status with these counts in the place of its own. Go leaves zero counts out of the JSON. */
export function withCounts<T extends object>(status: T, counts: { readonly [K in keyof T]?: number }): T {
  const kept = Object.entries(status).filter(([field]) => !(field in counts));
  const positive = Object.entries(counts).filter(([, count]) => count !== 0);
  return Object.fromEntries([...kept, ...positive]) as T;
}
