/**
 * Whether somebody reads the answer: `?pretty=true`, or a client that people read with (apiserver
 * pkg/endpoints/handlers/negotiation, isPrettyPrint).
 */
export function wantsPretty(query: URLSearchParams, userAgent: string): boolean {
  const asked = query.get("pretty") ?? "";
  if (asked !== "") return ["1", "t", "T", "TRUE", "true", "True"].includes(asked);
  return /^(curl|Wget|Mozilla\/5\.0)/.test(userAgent);
}
