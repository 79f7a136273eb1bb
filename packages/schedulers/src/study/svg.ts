/**
 * Colours for light pages, then for dark ones; black and white print keeps boxes, letters and lines. The rules say whom they
 * are for, since a drawing may stand inside of a page.
 */
const style = `
.kubenetsim-steps text { font: 12px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; fill: #1f2328; }
.kubenetsim-steps .title { font: bold 15px system-ui, "DejaVu Sans", sans-serif; }
.kubenetsim-steps .label { font-style: italic; }
.kubenetsim-steps .faint { fill: #59636e; }
.kubenetsim-steps .page { fill: #ffffff; }
.kubenetsim-steps .chosen { fill: #0550ae; stroke: #1f2328; }
.kubenetsim-steps .on { fill: #ffffff; font-weight: bold; }
.kubenetsim-steps .rule { stroke: #d1d9e0; }
.kubenetsim-steps .band { fill: #f6e7c1; stroke: #9a6700; stroke-dasharray: 3 2; }
.kubenetsim-steps .event { text-anchor: middle; fill: #3d2a00; }
.kubenetsim-steps .middle { text-anchor: middle; }
.kubenetsim-steps .place { fill: none; stroke: #d1d9e0; }
.kubenetsim-steps .changed { fill: #f6e7c1; stroke: #9a6700; stroke-width: 1.5; }
.kubenetsim-steps .over { fill: #3d2a00; font-weight: bold; }
@media (prefers-color-scheme: dark) {
.kubenetsim-steps text { fill: #f0f6fc; }
.kubenetsim-steps .faint { fill: #9198a1; }
.kubenetsim-steps .page { fill: #0d1117; }
.kubenetsim-steps .chosen { fill: #79c0ff; stroke: #f0f6fc; }
.kubenetsim-steps .on { fill: #0d1117; }
.kubenetsim-steps .rule, .kubenetsim-steps .place { stroke: #3d444d; }
.kubenetsim-steps .band, .kubenetsim-steps .changed { fill: #4b3a12; stroke: #d29922; }
.kubenetsim-steps .event, .kubenetsim-steps .over { fill: #f8e3a1; }
}
`;

/** A whole drawing with its title and description for those who do not see it. */
export function svgDocument(
  width: number,
  height: number,
  about: { readonly title: string; readonly description: string },
  parts: readonly string[],
): string {
  const size = `viewBox="0 0 ${width} ${height}" width="${width}" height="${height}"`;
  const frame = `xmlns="http://www.w3.org/2000/svg" ${size} class="kubenetsim-steps" role="img"`;
  return [
    `<svg ${frame}>`,
    `<title>${escapeXml(about.title)}</title>`,
    `<desc>${escapeXml(about.description)}</desc>`,
    `<style>${style}</style>`,
    element("rect", { width, height, class: "page" }),
    ...parts,
    "</svg>\n",
  ].join("\n");
}

/** `content` is text, not markup. */
export function element(name: string, attributes: Readonly<Record<string, string | number>>, content?: string): string {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return content === undefined
    ? `<${name}${written.join("")}/>`
    : `<${name}${written.join("")}>${escapeXml(content)}</${name}>`;
}

/** Text around x. */
export function text(x: number, y: number, content: string, kind: string): string {
  return content === "" ? "" : element("text", { x, y, class: `middle ${kind}`.trim() }, content);
}

/** A part of a text, around an x of its own. */
export function span(x: number, content: string, kind: string): string {
  return element("tspan", kind === "" ? { x } : { x, class: kind }, content);
}

/** A line of spans. */
export function textOf(y: number, spans: readonly string[]): string {
  return `<text y="${y}" class="middle">${spans.join("")}</text>`;
}

function escapeXml(content: string): string {
  return content.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");
}
