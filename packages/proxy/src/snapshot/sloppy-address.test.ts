import { formatCidr } from "@kubenetsim/core/net/cidr";
import { describe, expect, it } from "vitest";
import { parseSloppyAddress, parseSloppyCidr } from "./sloppy-address.ts";

describe("sloppy addresses", () => {
  it.each([
    ["172.30.0.041", "172.30.0.41"],
    ["192.168.099.022", "192.168.99.22"],
    ["10.180.00.001", "10.180.0.1"],
    ["10.0.0.0", "10.0.0.0"],
    ["000.0.0.00", "0.0.0.0"],
    ["::ffff:1.2.3.04", "1.2.3.4"],
    ["fd00::0010", "fd00::10"],
  ])("%s is %s", (text, address) => {
    expect(parseSloppyAddress(text)).toBe(address);
  });

  it.each(["", "1.2.3", "1.2.3.0256", "a.b.c.d", "1.2.3.4/24"])("%j is none", (text) => {
    expect(parseSloppyAddress(text)).toBeUndefined();
  });

  it("reads CIDRs with leading zeros and host bits", () => {
    expect(formatCidr(parseSloppyCidr("203.0.113.000/025")!)).toBe("203.0.113.0/25");
    expect(formatCidr(parseSloppyCidr("10.1.2.3/8")!)).toBe("10.0.0.0/8");
    expect(parseSloppyCidr("10.0.0.0/33")).toBeUndefined();
    expect(parseSloppyCidr("10.0.0.0")).toBeUndefined();
  });
});
