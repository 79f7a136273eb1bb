/** nft's words for values that the kernel keeps as numbers. */

/** As Debian's /etc/protocols has them: nft reads and prints protocols by it. */
const protocols: ReadonlyMap<string, number> = new Map([
  ["ip", 0],
  ["icmp", 1],
  ["igmp", 2],
  ["ggp", 3],
  ["ipencap", 4],
  ["st", 5],
  ["tcp", 6],
  ["egp", 8],
  ["igp", 9],
  ["pup", 12],
  ["udp", 17],
  ["hmp", 20],
  ["xns-idp", 22],
  ["rdp", 27],
  ["iso-tp4", 29],
  ["dccp", 33],
  ["xtp", 36],
  ["ddp", 37],
  ["idpr-cmtp", 38],
  ["ipv6", 41],
  ["ipv6-route", 43],
  ["ipv6-frag", 44],
  ["idrp", 45],
  ["rsvp", 46],
  ["gre", 47],
  ["esp", 50],
  ["ah", 51],
  ["skip", 57],
  ["ipv6-icmp", 58],
  ["ipv6-nonxt", 59],
  ["ipv6-opts", 60],
  ["rspf", 73],
  ["vmtp", 81],
  ["eigrp", 88],
  ["ospf", 89],
  ["ax.25", 93],
  ["ipip", 94],
  ["etherip", 97],
  ["encap", 98],
  ["pim", 103],
  ["ipcomp", 108],
  ["vrrp", 112],
  ["l2tp", 115],
  ["isis", 124],
  ["sctp", 132],
  ["fc", 133],
  ["mobility-header", 135],
  ["udplite", 136],
  ["mpls-in-ip", 137],
  ["manet", 138],
  ["hip", 139],
  ["shim6", 140],
  ["wesp", 141],
  ["rohc", 142],
  ["ethernet", 143],
]);

const protocolWords = new Map([...protocols].map(([word, number]) => [number, word]));

export function nftProtocolNumber(word: string): number | undefined {
  if (/^\d{1,3}$/.test(word)) return Number(word) <= 255 ? Number(word) : undefined;
  return word === "icmpv6" ? 58 : protocols.get(word);
}

export function nftProtocolWord(number: number): string {
  return protocolWords.get(number) ?? String(number);
}

/** Protocols whose ports nft prints as `tcp dport`, where a rule is known to be about them. */
export const portProtocols: ReadonlyMap<number, string> = new Map([
  [6, "tcp"],
  [17, "udp"],
  [33, "dccp"],
  [132, "sctp"],
  [136, "udplite"],
]);

/** In the order of the kernel's bits, which is the one that nft prints. */
export const ctStates: readonly string[] = ["invalid", "established", "related", "new", "untracked"];
export const ctStatuses: readonly string[] = [
  "expected",
  "seen-reply",
  "assured",
  "confirmed",
  "snat",
  "dnat",
  "dying",
];
/** In the order of the kernel's numbers (RTN_*). */
export const fibTypes: readonly string[] = [
  "unspec",
  "unicast",
  "local",
  "broadcast",
  "anycast",
  "multicast",
  "blackhole",
  "unreachable",
  "prohibit",
];
