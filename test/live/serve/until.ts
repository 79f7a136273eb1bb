/** Looks again and again until something is there; undefined when it is not within that time. */
export async function until<T>(look: () => Promise<T | undefined>, withinMs: number): Promise<T | undefined> {
  const end = performance.now() + withinMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (performance.now() > end) return undefined;
    await new Promise((done) => setTimeout(done, 50));
  }
}
