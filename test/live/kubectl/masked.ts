/** An answer without what differs from server to server: addresses, ports, times, versions, drawn names, hashes of templates. */
export function masked(text: string): string {
  return (
    withoutHashes(text)
      .replace(
        /^([+-]?\s*(?:- )?"?(?:creationTimestamp|resourceVersion|uid|time|lastTransitionTime|lastUpdateTime)"?: )"?[^",\n]*"?(,?)$/gm,
        '$1"…"$2',
      )
      .replace(/^((?:CreationTimestamp|Start Time): ).*$/gm, "$1…")
      // Of kubectl's own log without time and process; what its libraries log is not modelled.
      .replace(/^W\d{4} \S+ +\d+ (?=helpers\.go:)/gm, "W… ")
      .replace(/^W\d{4} .*\n/gm, "")
      .replace(/(?<= )\/[^ ]*\/(LIVE|MERGED)-\d+/g, "$1")
      .replace(/^((?:---|\+\+\+) (?:LIVE|MERGED)\/.*\t).*$/gm, "$1…")
      .replace(/\b10\.(9[6-9]|10\d|11[01])\.\d+\.\d+\b/g, "ADDRESS")
      .replace(/\bfd00:10:96:[0-9a-f:]+/g, "ADDRESS")
      .replace(/((?:nodePort"?: )|80:|443:)3[0-2]\d{3}\b/g, "$1PORT")
      .replace(/-HASH-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g, "-HASH-XXXXX")
      .replace(/\b\d+s\b/g, "AGE")
      .replace(/(?<=\S) {2,}/g, "  ")
      .replace(/ +$/gm, "")
  );
}

/** Templates of Pods have hashes of their own here: known by where they stand, and taken out wherever they do. */
const templateHash =
  /(?:pod-template-hash"?[:=] ?"?|replicaset(?:\.apps)?\/[a-z0-9.-]*-|ReplicaSet \\?"[a-z0-9.-]*-)([bcdfghjklmnpqrstvwxz2456789]{6,10})\b|-([bcdfghjklmnpqrstvwxz2456789]{6,10})-[bcdfghjklmnpqrstvwxz2456789]{5}\b/g;

function withoutHashes(text: string): string {
  const hashes = new Set([...text.matchAll(templateHash)].map(([, told, inName]) => told ?? inName!));
  return [...hashes].reduce(
    (rest, hash) => rest.replaceAll(`-${hash}`, "-HASH").replaceAll(`"${hash}"`, '"HASH"'),
    text,
  );
}
