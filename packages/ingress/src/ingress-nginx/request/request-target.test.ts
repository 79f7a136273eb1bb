import { describe, expect, it } from "vitest";
import { byteText } from "./location-table.ts";
import { escapeComponent, parseTarget } from "./request-target.ts";

describe("a request's target", () => {
  it.each([
    ["//a", "/a"],
    ["/a//b", "/a/b"],
    ["/%61", "/a"],
    ["/a%2Fb", "/a/b"],
    ["/a/../img", "/img"],
    ["/a/./b/", "/a/b/"],
    ["/a/..", "/"],
    ["/a/b/..", "/a/"],
    ["/%2e%2e", undefined],
    ["/..", undefined],
    ["/%zz", undefined],
    ["/%00", undefined],
    ["/a%3Fb", "/a?b"],
    ["nothing", undefined],
  ])("%s is %s", (target, uri) => {
    expect(parseTarget(target)?.uri).toBe(uri);
  });

  it("may be longer than a call may have arguments", () => {
    expect(parseTarget(`/%41${"a".repeat(200_000)}`)?.uri).toHaveLength(200_002);
  });

  it("keeps the query apart", () => {
    expect(parseTarget("/a?x=1?y")).toEqual({ uri: "/a", args: "x=1?y", isQuoted: false });
  });
});

describe("a part of a query", () => {
  it("has escapes for each byte that set_escape_uri does not keep", () => {
    expect(escapeComponent("/a?b=é\xc3 $,@`|{}")).toBe("%2Fa%3Fb%3D%E9%C3%20$,@`|%7B%7D");
  });
});

describe("the bytes of a text", () => {
  it("may be more than a call may have arguments", () => {
    expect(byteText("é".repeat(200_000))).toHaveLength(400_000);
  });
});
