import { isDecimalEscape } from "../message/dns-name.ts";

/**
 * Bytes as zone files write them: bytes that do not print are `\DDD`, those that mean something there have a backslash before
 * them (RFC 1035, section 5.1; miekg/dns, types.go).
 */

const backslash = 92;

/** What has a meaning within a name. */
const specialInNames: ReadonlySet<number> = new Set([..." '@;()\"\\."].map((letter) => letter.charCodeAt(0)));
/** And within a string. */
const specialInStrings: ReadonlySet<number> = new Set([...'"\\'].map((letter) => letter.charCodeAt(0)));

/** A label of a name. */
export function escapeLabel(bytes: Uint8Array, from: number, to: number): string {
  return escapeBytes(bytes, from, to, specialInNames);
}

/** A character string: those of TXT and HINFO. */
export function escapeString(bytes: Uint8Array, from: number, to: number): string {
  return escapeBytes(bytes, from, to, specialInStrings);
}

function escapeBytes(bytes: Uint8Array, from: number, to: number, special: ReadonlySet<number>): string {
  let text = "";
  for (let index = from; index < to; index++) {
    const byte = bytes[index]!;
    if (byte < 32 || byte > 126) text += `\\${String(byte).padStart(3, "0")}`;
    else text += special.has(byte) ? `\\${String.fromCharCode(byte)}` : String.fromCharCode(byte);
  }
  return text;
}

/**
 * The bytes that a part of an escaped text stands for, written from `at` on. Gives the place after them. What is no byte
 * (`\300`, letters beyond ASCII) goes in as its low eight bits, as in Go. Only as many are written as there is room for.
 */
export function unescapeInto(text: string, from: number, to: number, bytes: Uint8Array, at: number): number {
  let place = at;
  for (let index = from; index < to; index++) {
    let code = text.charCodeAt(index);
    if (code === backslash) {
      if (isDecimalEscape(text, index + 1)) {
        code = Number(text.slice(index + 1, index + 4));
        index += 3;
      } else {
        index++;
        if (index === to) break;
        code = text.charCodeAt(index);
      }
    }
    bytes[place++] = code & 0xff;
  }
  return place;
}

/** How many bytes an escaped text stands for. */
export function unescapedLength(text: string): number {
  let length = text.length;
  for (let index = text.indexOf("\\"); index >= 0; index = text.indexOf("\\", index)) {
    const escaped = isDecimalEscape(text, index + 1) ? 3 : 1;
    length -= escaped;
    index += 1 + escaped;
  }
  return length;
}
