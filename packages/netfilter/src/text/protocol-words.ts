/** Protocol numbers by the words that iptables knows without /etc/protocols (libxtables' xtables_chain_protos) and prints. */
const numbers: Readonly<Record<string, number>> = {
  all: 0,
  icmp: 1,
  tcp: 6,
  udp: 17,
  esp: 50,
  ah: 51,
  "ipv6-icmp": 58,
  icmpv6: 58,
  sctp: 132,
  udplite: 136,
};

const words = new Map(
  Object.entries(numbers)
    .filter(([word]) => word !== "icmpv6")
    .map(([word, number]) => [number, word]),
);

/** The number behind `-p WORD`; undefined for a word that is neither known nor a number from 0 to 255. */
export function protocolNumber(word: string): number | undefined {
  const known = numbers[word.toLowerCase()];
  if (known !== undefined) return known;
  return /^\d{1,3}$/.test(word) && Number(word) <= 255 ? Number(word) : undefined;
}

export function protocolWord(number: number): string {
  return words.get(number) ?? String(number);
}
