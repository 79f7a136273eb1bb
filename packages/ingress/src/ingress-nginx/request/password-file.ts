import { base64OfBytes, bytesOfBase64 } from "@kubenetsim/core/runtime/base64";
import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { md5, sha1 } from "@noble/hashes/legacy.js";
import { byteText } from "../../certificate/distinguished-name.ts";

/**
 * Whether the `Authorization` of a request names a user of a file of `user:password` lines with the right password
 * (src/http/modules/ngx_http_auth_basic_module.c).
 *
 * @throws UnsupportedError for ways of hiding passwords that are not modelled
 */
export function isKnownUser(authorization: string | undefined, users: string): boolean {
  const credentials = credentialsOf(authorization);
  if (credentials === undefined) return false;
  for (const line of users.split("\n")) {
    if (line.startsWith("#") || line.startsWith("\r")) continue;
    const [name, ...rest] = line.split(":");
    if (rest.length > 0 && name === credentials.user)
      return isPassword(credentials.password, rest[0]!.replace(/\r$/, ""));
  }
  return false;
}

/** User and password of `Basic …`, one character for each byte. */
function credentialsOf(authorization = ""): { user: string; password: string } | undefined {
  const encoded = /^basic +(\S*)$/i.exec(authorization)?.[1];
  const bytes = encoded === undefined ? undefined : bytesOfBase64(encoded);
  if (bytes === undefined) return undefined;
  const text = byteText(bytes);
  const colon = text.indexOf(":");
  return colon < 0 ? undefined : { user: text.slice(0, colon), password: text.slice(colon + 1) };
}

/** `ngx_crypt`, then the C library's `crypt`. */
function isPassword(password: string, kept: string): boolean {
  if (kept.startsWith("$apr1$")) return md5Crypt(password, kept.slice(6).split("$")[0]!, "$apr1$") === kept;
  if (kept.startsWith("$1$")) return md5Crypt(password, kept.slice(3).split("$")[0]!, "$1$") === kept;
  if (kept.startsWith("{PLAIN}")) return password === kept.slice("{PLAIN}".length);
  if (kept.startsWith("{SHA}")) return base64OfBytes(sha1(bytesOf(password))) === kept.slice("{SHA}".length);
  if (kept.startsWith("{SSHA}")) return isSalted(password, kept.slice("{SSHA}".length));
  const method = /^\$(2[abxy]|5|6)\$/.exec(kept)?.[1];
  if (method !== undefined)
    throw new UnsupportedError(`a password hidden by crypt's method $${method}$`, "auth-secret");
  if (/^[./0-9A-Za-z]{13}$/.test(kept)) throw new UnsupportedError("a password hidden by crypt's DES", "auth-secret");
  return false;
}

function isSalted(password: string, encoded: string): boolean {
  const bytes = bytesOfBase64(encoded);
  if (bytes === undefined || bytes.length < 20) return false;
  return byteText(sha1(joined(bytesOf(password), bytes.subarray(20)))) === byteText(bytes.subarray(0, 20));
}

const digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Poul-Henning Kamp's MD5 crypt, and Apache's with another magic. */
function md5Crypt(text: string, saltText: string, magic: string): string {
  const [password, salt] = [bytesOf(text), bytesOf(saltText.slice(0, 8))];
  const inner = md5(joined(password, salt, password));
  const parts = [password, bytesOf(magic), salt];
  for (let left = password.length; left > 0; left -= 16) parts.push(inner.subarray(0, Math.min(16, left)));
  for (let i = password.length; i > 0; i >>= 1) parts.push((i & 1) !== 0 ? Uint8Array.of(0) : password.subarray(0, 1));
  let sum = md5(joined(...parts));
  for (let i = 0; i < 1000; i++) {
    const isOdd = i % 2 === 1;
    const middle = [...(i % 3 !== 0 ? [salt] : []), ...(i % 7 !== 0 ? [password] : [])];
    sum = md5(joined(isOdd ? password : sum, ...middle, isOdd ? sum : password));
  }
  const groups = [
    [0, 6, 12],
    [1, 7, 13],
    [2, 8, 14],
    [3, 9, 15],
    [4, 10, 5],
  ];
  const encoded = groups.map(([a, b, c]) => encode((sum[a!]! << 16) | (sum[b!]! << 8) | sum[c!]!, 4)).join("");
  return `${magic}${saltText.slice(0, 8)}$${encoded}${encode(sum[11]!, 2)}`;
}

function encode(value: number, count: number): string {
  let text = "";
  for (let i = 0; i < count; i++) text += digits[(value >> (6 * i)) & 63]!;
  return text;
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0) & 0xff);
}

function joined(...parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
