import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { CookieJar } from "./cookie-jar.ts";
import { checkCurlOptions } from "./curl-options-check.ts";
import { parseHttpUrl } from "./http-url.ts";

describe("options of curl", () => {
  it.each<readonly [string, unknown]>([
    ["null", null],
    ["an array", []],
    ["a text", "-L"],
    ["a header more in a header", { headers: { X: "a\r\nEvil: 1" } }],
    ["a line feed in a name", { headers: { "X\nEvil": "1" } }],
    ["NUL in a header", { headers: { X: "a\0b" } }],
    ["a colon in a name", { headers: { "X: y": "1" } }],
    ["a header without a name", { headers: { "": "1" } }],
    ["a header without a value", { headers: { X: undefined } }],
    ["a header that is a number", { headers: { X: 1 } }],
    ["headers in an array", { headers: ["X: y"] }],
    ["a header that no object keeps", { headers: JSON.parse('{"__proto__":"x"}') }],
    ["a method with a header", { method: "GET / HTTP/1.1\r\nX: 1\r\n\r\nGET" }],
    ["no method", { method: "" }],
    ["null as the method", { method: null }],
    ["a cookie with a header", { cookies: { a: "1\r\nX: 1" } }],
    ["a cookie whose name has a sign of equality", { cookies: { "a=b": "1" } }],
    ["cookies in an array", { cookies: ["a=b"] }],
    ["a user agent with a header", { userAgent: "x\r\nX: 1" }],
    ["a referer with a header", { referer: "x\nX: 1" }],
    ["a user with NUL", { user: "a\0:b" }],
    ["a server name with a line feed", { serverName: "a\n" }],
    ["a body that is an object", { body: {} }],
    ["less than no bytes", { bodyBytes: -1 }],
    ["a half of a byte", { bodyBytes: 1.5 }],
    ["bytes without end", { bodyBytes: Number.POSITIVE_INFINITY }],
    ["redirects below none", { maxRedirects: -1 }],
    ["half a redirect", { maxRedirects: 1.5 }],
    ["no time", { maxTimeMs: 0 }],
    ["time that is no number", { maxTimeMs: Number.NaN }],
    ["a text for an array", { resolve: "a:80:10.0.0.1" }],
    ["a number in an array", { connectTo: [1] }],
    ["a word for a flag", { insecure: "yes" }],
    ["null as a jar", { cookieJar: null }],
  ])("refuse %s with a hint", (_, options) => {
    try {
      checkCurlOptions(options);
      expect.unreachable();
    } catch (error) {
      expect(error).toBeInstanceOf(ParseError);
      expect((error as ParseError).hint).toMatch(/./);
    }
  });

  it.each<readonly [string, unknown]>([
    ["none", {}],
    ["those that are not given", { method: undefined, headers: undefined, maxTimeMs: undefined }],
    ["an empty header", { headers: { Accept: "" }, cookies: { a: "" }, userAgent: "" }],
    ["a jar and numbers", { cookieJar: new CookieJar(), bodyBytes: 0, maxRedirects: 0, maxTimeMs: 0.5 }],
    ["a body of several lines", { body: "a\r\nb\0" }],
  ])("are taken: %s", (_, options) => {
    expect(() => checkCurlOptions(options)).not.toThrow();
  });

  it.each([undefined, null, 80, {}])("have a URL that is text, not %s", (url) => {
    expect(() => parseHttpUrl(url as never)).toThrow(ParseError);
  });
});
