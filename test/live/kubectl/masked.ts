/** An answer without what differs from server to server: addresses, ports, times, versions, drawn names. */
export function masked(text: string): string {
  return text
    .replace(
      /^(\s*(?:- )?"?(?:creationTimestamp|resourceVersion|uid|time|lastTransitionTime|lastUpdateTime)"?: )"?[^",\n]*"?(,?)$/gm,
      '$1"…"$2',
    )
    .replace(/\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b/g, "ADDRESS")
    .replace(/\bfd00:10:96:[0-9a-f:]+/g, "ADDRESS")
    .replace(/((?:nodePort"?: )|80:|443:)3[0-2]\d{3}\b/g, "$1PORT")
    .replace(/(-[a-z0-9]{6,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "$1-XXXXX")
    .replace(/\b\d+s\b/g, "AGE")
    .replace(/(?<=\S) {2,}/g, "  ")
    .replace(/ +$/gm, "");
}
