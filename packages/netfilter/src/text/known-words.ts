/**
 * The words that rules are made of. A word of a text that is one of them is given as the same string object each time: it
 * costs no copy, and comparing it with a constant is comparing two pointers.
 */
const words =
  "-A -I -N -X -d -s -p -m -j -g -i -o -c ! COMMIT --dport --sport --comment --ctstate --mark --mode --probability --every " +
  "--packet --name --seconds --hitcount --reap --rsource --rdest --mask --set --rcheck --update --remove --match-set " +
  "--nfacct-name --physdev-is-in --vaddr --vproto --vport --src-type --dst-type --to-destination --to-ports --random-fully " +
  "--reject-with --set-xmark --set-mark --or-mark --xor-mark --and-mark comment tcp udp sctp icmp addrtype conntrack mark " +
  "statistic recent set nfacct physdev ipvs random nth ACCEPT DROP RETURN REJECT DNAT MASQUERADE REDIRECT MARK - [0:0] LOCAL " +
  "NEW RELATED,ESTABLISHED INVALID 255.255.255.255 dst,dst dst src KUBE-MARK-MASQ KUBE-SERVICES";

const slotCount = 1024;
const table: (string | undefined)[] = Array<string | undefined>(slotCount).fill(undefined);

/** One step of a word's hash. */
export function addToHash(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0;
}

// A property's name is an interned string, a piece of a longer one is not.
for (const word of words.split(" ")) {
  let hash = 0;
  for (let i = 0; i < word.length; i++) hash = addToHash(hash, word.charCodeAt(i));
  let slot = (hash ^ (hash >>> 10)) & (slotCount - 1);
  while (table[slot] !== undefined) slot = (slot + 1) & (slotCount - 1);
  table[slot] = Object.keys({ [word]: 0 })[0];
}

/** The known word that stands at `from` to `end` of the text and has this hash; undefined if it is none of them. */
export function knownWord(text: string, from: number, end: number, hash: number): string | undefined {
  const length = end - from;
  let slot = (hash ^ (hash >>> 10)) & (slotCount - 1);
  for (let word = table[slot]; word !== undefined; word = table[slot]) {
    if (word.length === length && text.startsWith(word, from)) return word;
    slot = (slot + 1) & (slotCount - 1);
  }
  return undefined;
}
