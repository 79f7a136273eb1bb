const escapes: Readonly<Record<string, string>> = {
  "\x07": "\\a",
  "\b": "\\b",
  "\f": "\\f",
  "\n": "\\n",
  "\r": "\\r",
  "\t": "\\t",
  "\v": "\\v",
  '"': '\\"',
  "\\": "\\\\",
};

const pieces = /[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}|[\s\S]/g;

/** Bytes, one a character, as Go's `%q` shows them: what is no UTF-8 byte by byte. */
export function quotedBytes(bytes: string): string {
  const shown = bytes.replace(pieces, (piece) => {
    if (piece.length > 1) return characterOf(piece) ?? [...piece].map(hexByte).join("");
    return escapes[piece] ?? (/[ -~]/.test(piece) ? piece : hexByte(piece));
  });
  return `"${shown}"`;
}

function hexByte(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, "0")}`;
}

function characterOf(piece: string): string | undefined {
  try {
    return decodeURIComponent([...piece].map((byte) => `%${byte.charCodeAt(0).toString(16)}`).join(""));
  } catch {
    return undefined;
  }
}
