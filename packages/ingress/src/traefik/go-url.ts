import { UnsupportedError } from "@kubenetsim/core/runtime/errors";
import { utf8ToBytes } from "@noble/hashes/utils.js";
import { byteText } from "../certificate/distinguished-name.ts";

/** A request's target as Traefik routes it and sends it on. Paths are bytes: each character stands for one. */
export interface GoTarget {
  /** What rules see: unreserved characters decoded, reserved ones still in their escapes. */
  readonly routingPath: string;
  /** The path that endpoints get, with the query as it came. */
  readonly uri: string;
}

/**
 * Reads a target as Go's net/http and Traefik's entry point do (net/url `setPath`, pkg/server/server_entrypoint_tcp.go
 * `normalizePath`, `sanitizePath`, pkg/muxer/http/mux.go `withRoutingPath`). A word for one that is answered 400: `unreadable` by Go itself, `fragment` by Traefik.
 *
 * @throws UnsupportedError for a target that is not a path
 */
export function readGoTarget(target: string, cleansPath: boolean): GoTarget | "unreadable" | "fragment" {
  if (!target.startsWith("/")) throw new UnsupportedError(`the request target ${target}`, "Traefik");
  if (/[\0- \x7f]/.test(target)) return "unreadable";
  const question = target.indexOf("?");
  const sent = utf8Bytes(question < 0 ? target : target.slice(0, question));
  const query = question < 0 ? "" : target.slice(question);
  if (/%(?![0-9A-Fa-f]{2})/.test(sent)) return "unreadable";
  if (sent.includes("#")) return "fragment";
  const normal = normalPath(escapedPath(sent));
  const path = cleansPath ? escapedPath(cleanPath(escapedPath(normal))) : escapedPath(normal);
  return { routingPath: path.replace(/%[0-9A-F]{2}/gi, routingCharacter), uri: path + query };
}

/** UTF-8, one character for each byte. */
export function utf8Bytes(text: string): string {
  return byteText(utf8ToBytes(text));
}

/** The text of bytes; of what is no UTF-8 the bytes themselves. */
export function textOfBytes(bytes: string): string {
  try {
    return decodeURIComponent(bytes.replace(/[%\x80-\xff]/g, escapeOf));
  } catch {
    return bytes;
  }
}

/** net/url `EscapedPath`: as it was written where that is a valid encoding, else encoded anew. */
function escapedPath(path: string): string {
  if (/^(?:[A-Za-z0-9\-_.~!$&'()*+,;=:@/[\]]|%[0-9A-Fa-f]{2})*$/.test(path)) return path;
  return unescapePath(path).replace(/[^A-Za-z0-9\-_.~$&+,/:;=@]/g, escapeOf);
}

function unescapePath(path: string): string {
  return path.replace(/%([0-9A-Fa-f]{2})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 16)));
}

function escapeOf(byte: string): string {
  return `%${byte.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0")}`;
}

/** Escapes of unreserved characters decoded, the digits of others in capitals (RFC 3986, section 6.2.2). */
function normalPath(path: string): string {
  return path.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const byte = unescapePath(triplet);
    return /[A-Za-z0-9\-._~]/.test(byte) ? byte : triplet.toUpperCase();
  });
}

/** path.Clean with the slash at the end kept (net/url `JoinPath`). */
function cleanPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  const clean = `/${parts.join("/")}`;
  return path.endsWith("/") && clean !== "/" ? `${clean}/` : clean;
}

/** Reserved characters and the percent sign stay escaped. */
function routingCharacter(triplet: string): string {
  const byte = unescapePath(triplet);
  return /[:/?#[\]@!$&'()*+,;=%]/.test(byte) ? triplet : byte;
}
