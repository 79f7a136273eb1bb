import { describe, expect, it } from "vitest";
import { CookieJar } from "./cookie-jar.ts";
import { parseHttpUrl } from "./http-url.ts";

const url = parseHttpUrl("http://h.test/");

describe("a cookie that runs out", () => {
  it.each([
    ["Expires=Thu, 01-Jan-26 00:01:44 GMT", 104_000],
    ["Expires=Thu, 01 Jan 2026 00:01:44 GMT", 104_000],
    ["Expires=Thu, 01-Jan-26 00:01:44 GMT; Max-Age=5", 6000],
    ["Expires=Wed, 31-Dec-97 23:59:59 GMT", undefined],
    ["Expires=+60s", "session"],
    ["Path=/", "session"],
  ])("%s", (attributes, expiresMs) => {
    const jar = new CookieJar();
    jar.take([`a=b; ${attributes}`], url, 1000);
    expect(jar.cookies.map((cookie) => cookie.expiresMs ?? "session")).toEqual(
      expiresMs === undefined ? [] : [expiresMs],
    );
  });
});

describe("the cookies that go with a request", () => {
  function sent(setCookie: string, path: string, nowMs = 0): string[] {
    const jar = new CookieJar();
    jar.take([setCookie], url, 0);
    return jar.cookiesFor(parseHttpUrl(`http://h.test${path}`), nowMs);
  }

  it.each(["Max-Age=10", "Expires=Thu, 01-Jan-26 00:00:10 GMT"])("are those that have not run out: %s", (attribute) => {
    expect(sent(`k=v; ${attribute}`, "/", 9_999)).toEqual(["k=v"]);
    expect(sent(`k=v; ${attribute}`, "/", 10_000)).toEqual([]);
  });

  /** RFC 6265, 5.1.4. */
  it.each([
    ["/foo", "/foo", true],
    ["/foo", "/foo/bar", true],
    ["/foo", "/foo?q", true],
    ["/foo", "/foobar", false],
    ["/foo", "/", false],
    ["/foo/", "/foo/bar", true],
    ["/foo/", "/foo", false],
  ])("of the path %s for %s: %s", (path, target, goes) => {
    expect(sent(`k=v; Path=${path}`, target)).toEqual(goes ? ["k=v"] : []);
  });
});
