import { describe, expect, it } from "vitest";
import { type LogLogChart, renderLogLogChart } from "./log-log-chart.ts";

const chart: LogLogChart = {
  title: "Rules < look-ups & more",
  description: "Two lines",
  xLabel: "Services",
  yLabel: "steps",
  series: [
    {
      name: "iptables",
      points: [
        [1, 12],
        [10, 21],
        [50_000, 50_011],
      ],
    },
    {
      name: "ipvs",
      points: [
        [1, 9],
        [10, 9],
        [50_000, 9],
      ],
    },
  ],
};

describe("renderLogLogChart", () => {
  it("is one stand-alone SVG file with a title and a description", () => {
    const svg = renderLogLogChart(chart);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" id="kns-[0-9a-f]{16}" viewBox="0 0 800 460"/);
    expect(svg).toContain(">Rules &lt; look-ups &amp; more</title>");
    expect(svg).toContain(">Two lines</desc>");
    expect(svg.endsWith("</svg>\n")).toBe(true);
  });

  it("gives the same bytes for the same chart", () => {
    expect(renderLogLogChart(structuredClone(chart))).toBe(renderLogLogChart(chart));
  });

  it("labels whole decades and the last value of each line", () => {
    const texts = [...renderLogLogChart(chart).matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map((match) => match[1]);
    expect(texts).toEqual(
      expect.arrayContaining(["1", "10", "100", "1,000", "10,000", "100,000", "iptables 50,011", "ipvs 9"]),
    );
  });

  it("keeps every point within the picture", () => {
    for (const [, x, y] of renderLogLogChart(chart).matchAll(/<circle cx="([\d.]+)" cy="([\d.]+)"/g)) {
      expect(Number(x)).toBeGreaterThanOrEqual(100);
      expect(Number(x)).toBeLessThanOrEqual(800);
      expect(Number(y)).toBeGreaterThanOrEqual(62);
      expect(Number(y)).toBeLessThanOrEqual(394);
    }
  });

  it("tells twenty lines apart without colours, by dashes and marks, and keeps their names within the picture", () => {
    const series = Array.from({ length: 20 }, (_, i) => ({
      name: `line ${i}`,
      points: [[1, 1] as const, [10, 1] as const],
    }));
    const svg = renderLogLogChart({ ...chart, series });
    const height = Number(/viewBox="0 0 800 (\d+)"/.exec(svg)![1]);
    const samples = [
      ...svg.matchAll(/<path d="M602 [\d.]+h26"[^>]*stroke-dasharray="([^"]*)"[^>]*\/>\n(<\w+)(?: points="([^"]*)")?/g),
    ];
    const kinds = samples.map(([, dash, mark, points = ""]) => {
      const numbers = points.split(/[ ,]/).map(Number);
      return [dash, mark, ...numbers.map((value, i) => Math.round(10 * (value - numbers[i % 2]!)))].join(" ");
    });
    expect(new Set(kinds).size).toBe(20);
    const heights = [...svg.matchAll(/<text x="634" y="([\d.]+)"/g)].map(([, y]) => Number(y));
    expect(heights).toHaveLength(20);
    for (const [i, y] of heights.sort((a, b) => a - b).entries()) {
      expect(y).toBeLessThan(height - 40);
      if (i > 0) expect(y - heights[i - 1]!).toBeGreaterThanOrEqual(15.9);
    }
  });

  it("draws the spread of an estimate as a bar on the axis, and breaks long lines of the footer", () => {
    const estimated = { name: "times", points: [[1, 10, [5, 2000]] as const, [10, 20] as const] };
    const svg = renderLogLogChart({ ...chart, series: [estimated], footer: ["word ".repeat(60).trim(), "last"] });
    expect(svg.match(/stroke-opacity/g)).toHaveLength(1);
    expect(svg).toContain(">10,000</text>");
    const footer = [...svg.matchAll(/font-size="10"[^>]*>([^<]*)</g)].map(([, text]) => text!);
    expect(footer).toHaveLength(4);
    expect(footer.join(" ")).toBe(`${"word ".repeat(60)}last`);
    for (const line of footer) expect(line.length).toBeLessThanOrEqual(125);
  });

  it("cuts a title that is wider than the picture, and says so", () => {
    const svg = renderLogLogChart({ ...chart, title: "a title ".repeat(10_000) });
    expect(svg.length).toBeLessThan(40_000);
    expect(svg).toMatch(/>(a title ){8}a tit…</);
  });
});
