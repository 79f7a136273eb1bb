import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { type Displayed, displayAs, displayBase, jupyterDisplay } from "./display.ts";
import { painted, paintedSeries } from "./paint.ts";
import { picture } from "./picture.ts";
import { escapeText, textElement } from "./svg.ts";

interface Point {
  readonly x: number;
}

const views = {
  text: ({ x }: Point) => `x is\n${x}\n`,
  svg: ({ x }: Point) => `<svg>${x}</svg>\n`,
};
const shown = displayAs<Point>(views);

describe("a plain value that can be shown", () => {
  it("has its own fields and no others", () => {
    const point = shown({ x: 1 });
    expect(point).toStrictEqual({ x: 1 });
    expect(Object.keys(point)).toEqual(["x"]);
    expect(JSON.stringify(point)).toBe('{"x":1}');
    expect(structuredClone(point)).toStrictEqual({ x: 1 });
  });

  it("shows the fields that it has when it is asked", () => {
    const point: Point & Displayed = shown({ x: 1 });
    Object.assign(point, { x: 2 });
    expect(`${point}`).toBe("x is\n2\n");
    expect(point[jupyterDisplay]()).toEqual({
      "text/html": expect.stringContaining("<svg>2</svg>"),
      "image/svg+xml": "<svg>2</svg>\n",
      "text/plain": "x is\n2\n",
    });
  });

  it("is its text for console.log, and its first line deep inside of something else", () => {
    expect(inspect(shown({ x: 1 }))).toBe("x is\n1");
    expect(inspect({ a: { b: { c: shown({ x: 1 }) } } }, { depth: 2 })).toContain("c: x is }");
  });

  it("may be an array, which maps to plain ones", () => {
    const list = displayAs<readonly number[]>(
      { text: String, svg: String, json: (all) => all.length },
      Array.prototype,
    )([1, 2]);
    expect(Array.isArray(list)).toBe(true);
    expect(list).toStrictEqual([1, 2]);
    expect(list.map((each) => each * 2)).toStrictEqual([2, 4]);
    expect(JSON.stringify(list)).toBe("2");
  });
});

describe("a class that can be shown", () => {
  const Base: new () => Displayed = displayBase<Point>(views);
  class Named extends Base {
    readonly x = 3;
  }

  it("shows itself as plain values do", () => {
    expect(String(new Named())).toBe("x is\n3\n");
    expect(new Named().toHTML()).toContain("<svg>3</svg>");
    expect(new Named()).toEqual({ x: 3 });
  });
});

describe("a picture", () => {
  const about = { width: 10, height: 10, title: "t", description: "d" };

  it("has ids of its own, made of its content", () => {
    const [one, again, other] = ["a", "a", "b"].map((text) =>
      picture(about, [textElement(text, { x: 1, ...painted("ink") })]),
    );
    expect(one).toBe(again);
    const ids = [one!, other!].map((svg) => / id="(kns-[0-9a-f]{16})"/.exec(svg)![1]);
    expect(new Set(ids).size).toBe(2);
  });

  it("has dark colours for what is in it, and no others", () => {
    const svg = picture(about, [textElement("a", painted("ink")), textElement("b", paintedSeries(9, "mark"))]);
    const style = /<style>(.*)<\/style>/.exec(svg)![1]!;
    expect([...style.matchAll(/\.(\w+)\{/g)].map(([, name]) => name)).toEqual(["paper", "ink", "mark1"]);
  });

  it("holds any text", () => {
    expect(escapeText("<a href='x'>&\"\u0000\uD800")).toBe("&lt;a href=&#39;x&#39;&gt;&amp;&quot;\uFFFD\uFFFD");
    expect(escapeText("😀 名前")).toBe("😀 名前");
  });
});
