/** What the reader takes before it gives up with a clear answer. */
export const manifestLimits: { readonly characters: number; readonly depth: number; readonly aliasedNodes: number } = {
  /** Characters of one input. Room for a dump of about 30,000 Services with status. */
  characters: 33_554_432,
  /** How deep values may be nested. A real API server takes 10,000 levels. */
  depth: 1000,
  /** How many values aliases may stand for in one document, all together. */
  aliasedNodes: 20_000,
};
