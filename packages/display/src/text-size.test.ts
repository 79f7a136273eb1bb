import { fc, it as property } from "@fast-check/vitest";
import { describe, expect, it } from "vitest";
import { columns, shorten, shortenMiddle, wrap } from "./text-size.ts";

const text = fc.string({ unit: "binary", maxLength: 60 });
const most = fc.integer({ min: 3, max: 40 });

describe("wrap", () => {
  property.prop([text, most])(
    "keeps every letter but the spaces where it breaks, in lines that fit",
    (given, width) => {
      const lines = wrap(given, width);
      for (const line of lines) expect(columns(line)).toBeLessThanOrEqual(width);
      expect(lines.join("").replaceAll(/\s/g, "")).toBe(given.replaceAll(/\s/g, ""));
    },
  );

  property.prop([text, most])("stops after so many lines", (given, width) => {
    expect(wrap(given, width, 2).length).toBeLessThanOrEqual(2);
  });

  it("breaks at spaces where there are some", () => {
    expect(wrap("-p tcp -m tcp --dport 80 -j KUBE-SVC-LOLE4ISW44XBNF3G", 24)).toEqual([
      "-p tcp -m tcp --dport 80",
      "-j",
      "KUBE-SVC-LOLE4ISW44XBNF3",
      "G",
    ]);
    expect(wrap("one two three four", 7, 2)).toEqual(["one two", "three …"]);
  });
});

describe("shorten", () => {
  property.prop([text, most])("fits, and is the text where that fits", (given, width) => {
    for (const short of [shorten(given, width), shortenMiddle(given, width)]) {
      expect(columns(short)).toBeLessThanOrEqual(width);
      if (columns(given) <= width) expect(short).toBe(given);
    }
  });

  it("keeps the end, or both ends", () => {
    expect(shorten("default/web-7957885594-qbnlc", 12)).toBe("default/web…");
    expect(shortenMiddle("default/web-7957885594-qbnlc", 16)).toBe("default/…4-qbnlc");
    expect(shorten("名前名前", 5)).toBe("名前…");
  });
});
