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
