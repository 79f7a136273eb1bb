import { ParseError } from "@kubenetsim/core/runtime/errors";
import { describe, expect, it } from "vitest";
import { parseHttpUrl } from "../http-url.ts";
import { readCurlArguments } from "./curl-arguments.ts";

/** As curl 7.88.1 says. */
describe("numbers of curl's options", () => {
  const positive = "expected a positive numerical parameter";
  const proper = "expected a proper numerical parameter";
  it.each([
    ["-m", "-1", positive],
    ["-m", "x", proper],
    ["-m", "1x", proper],
    ["-m", "", proper],
    ["-m", "99999999999999999999", "too large number"],
    ["--connect-timeout", "-1", positive],
    ["--connect-timeout", "1x", proper],
    ["--max-redirs", "x", proper],
    ["--max-redirs", "-2", proper],
    ["--max-redirs", "1.5", proper],
    ["--max-redirs", "0x1", proper],
    ["--max-redirs", "99999999999999999999", "too large number"],
  ])("%s %s is refused", (option, value, problem) => {
    expect(readCurlArguments([option, value, "http://a/"]).problem).toBe(`option ${option}: ${problem}`);
  });

  it.each([
    ["-m", "1.5"],
    ["-m", "0"],
    ["-m", " 1"],
    ["-m", ".5"],
    ["-m", "5."],
    ["-m", "1e3"],
    ["-m", "+1"],
    ["--max-redirs", "-1"],
    ["--max-redirs", " 1"],
  ])("%s %s is taken", (option, value) => {
    expect(readCurlArguments([option, value, "http://a/"]).problem).toBeUndefined();
  });
});

describe("URLs of curl", () => {
  it.each([
    ["http:///x", "x"],
    ["https:///y.test/z", "y.test"],
  ])("%s has the host %s", (url, host) => {
    expect(parseHttpUrl(url).host).toBe(host);
  });

  it.each([
    "http://",
    "http:////x",
    "http://a.test:x/",
    "http://a.test:99999/",
    "http://:80/",
    "http://u@/",
    "http://?x",
    "http:a.test",
  ])("%s is none", (url) => {
    expect(() => parseHttpUrl(url)).toThrow(ParseError);
  });
});
