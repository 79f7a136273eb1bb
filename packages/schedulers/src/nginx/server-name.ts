import type { NginxServer } from "./peers.ts";

/** What `server` of the configuration says: its own name, or else "address:port", IPv6 in brackets (RFC 5952). */
export function serverName(server: NginxServer): string {
  if (server.name !== undefined) return server.name;
  const { address, port } = server;
  return address.length === 1 ? `${dotted(address[0]!)}:${port}` : `[${colons(address)}]:${port}`;
}

function dotted(word: number): string {
  return [24, 16, 8, 0].map((shift) => (word >>> shift) & 0xff).join(".");
}

/** The longest run of zero groups, if it is one of at least two, is written as "::". */
function colons(words: readonly number[]): string {
  const groups = words.flatMap((word) => [word >>> 16, word & 0xffff]).map((group) => group.toString(16));
  const text = groups.join(":");
  const runs = text.match(/\b0(?::0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), "");
  if (longest === "") return text;
  const at = text.search(new RegExp(`(?:^|(?<=:))${longest}(?:$|(?=:))`));
  return `${text.slice(0, at).replace(/:$/, "")}::${text.slice(at + longest.length).replace(/^:/, "")}`;
}
