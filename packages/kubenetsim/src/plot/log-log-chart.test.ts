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
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 760 460"/);
    expect(svg).toContain('<title id="title">Rules &lt; look-ups &amp; more</title>');
    expect(svg).toContain('<desc id="description">Two lines</desc>');
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
      expect(Number(x)).toBeGreaterThanOrEqual(76);
      expect(Number(x)).toBeLessThanOrEqual(610);
      expect(Number(y)).toBeGreaterThanOrEqual(62);
      expect(Number(y)).toBeLessThanOrEqual(398);
    }
  });
});
