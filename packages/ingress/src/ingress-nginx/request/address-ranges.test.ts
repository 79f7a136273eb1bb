import { fc, test } from "@fast-check/vitest";
import { parseAddressWords } from "@kubenetsim/core/net/address";
import { cidrContains, parseCidr } from "@kubenetsim/core/net/cidr";
import { describe, expect, it } from "vitest";
import { isInRanges } from "./address-ranges.ts";

const address = fc.ipV4().filter((text) => parseAddressWords(text) !== undefined);
const range = fc.tuple(address, fc.integer({ min: 0, max: 32 })).map(([start, prefix]) => `${start}/${prefix}`);

describe("whether an address is in a list of ranges", () => {
  test.prop([fc.array(range, { maxLength: 6 }), address])("is whether one of them holds it", (list, asked) => {
    const words = parseAddressWords(asked)!;
    expect(isInRanges(list, asked)).toBe(list.some((each) => cidrContains(parseCidr(each)!, words)));
  });

  it.each([
    ["192.0.2.1", true],
    ["192.0.2.2", false],
    ["2001:db8::1", true],
    ["2001:db9::1", false],
    ["0.0.0.1", false],
    ["nothing", false],
  ])("%s: %s", (asked, isIn) => {
    expect(isInRanges(["none", "192.0.2.1", "2001:db8::/32"], asked)).toBe(isIn);
  });
});
