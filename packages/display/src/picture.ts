import { contentId } from "./content-id.ts";
import { darkStyle, painted } from "./paint.ts";
import { element, escapeText } from "./svg.ts";
import { sansFont } from "./text-size.ts";

export interface PictureAbout {
  readonly width: number;
  readonly height: number;
  readonly title: string;
  /** For readers who cannot see it. */
  readonly description: string;
}

/**
 * A whole picture as one SVG file, which also stands inside of a page: without scripts and fonts from elsewhere, its ids made of
 * its content. The same parts give the same bytes.
 *
 * @param parts elements, painted by `painted`
 */
export function picture({ width, height, title, description }: PictureAbout, parts: readonly string[]): string {
  const body = [element("rect", { width, height, ...painted("paper") }), ...parts.filter((part) => part !== "")].join(
    "\n",
  );
  const id = contentId(`${title}\n${description}\n${width} ${height}\n${body}`);
  const frame = {
    xmlns: "http://www.w3.org/2000/svg",
    id,
    viewBox: `0 0 ${Math.ceil(width)} ${Math.ceil(height)}`,
    width: Math.ceil(width),
    height: Math.ceil(height),
    role: "img",
    "aria-labelledby": `${id}-title ${id}-description`,
    "font-family": sansFont,
    "font-size": 13,
    // As wide as the place allows, never wider than it was drawn.
    style: "max-width:100%;height:auto",
  };
  const head = [
    element("title", { id: `${id}-title` }, escapeText(title)),
    element("desc", { id: `${id}-description` }, escapeText(description)),
    element("style", {}, darkStyle(id, body)),
  ];
  return `${element("svg", frame, "\n", [...head, body].join("\n"), "\n")}\n`;
}
