/** What is left of a name to which the API server adds letters of its own. */
const longestGeneratedStem = 58;

/**
 * Whether an EndpointSlice has a name that is made of its Service's; others are overlooked
 * (internal/ingress/controller/store/endpointslice.go `MatchByKey`). Both are namespace/name.
 */
export function isNamedFor(sliceKey: string, serviceKey: string): boolean {
  const stem = serviceKey.indexOf("/") + 1 + longestGeneratedStem;
  return sliceKey.startsWith(serviceKey.length < stem ? serviceKey : serviceKey.slice(0, stem - 1));
}
