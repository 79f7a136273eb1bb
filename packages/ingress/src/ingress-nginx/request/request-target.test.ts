import { describe, expect, it } from "vitest";
import { parseTarget } from "./request-target.ts";

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

  it("keeps the query apart", () => {
    expect(parseTarget("/a?x=1?y")).toEqual({ uri: "/a", args: "x=1?y", isQuoted: false });
  });
});
