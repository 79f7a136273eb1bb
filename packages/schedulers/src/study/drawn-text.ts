import { type Paint, painted } from "@kubenetsim/display/paint";
import { element, escapeText, textElement } from "@kubenetsim/display/svg";
import { monoFont } from "@kubenetsim/display/text-size";

/** All texts of a drawing of steps, so that they need not say it one by one. */
export function inMono(parts: readonly string[]): string {
  return element(
    "g",
    { "font-family": monoFont, "font-size": 12 },
    "\n",
    parts.filter((part) => part !== "").join("\n"),
    "\n",
  );
}

/** Text around x; nothing for an empty one. */
export function middle(x: number, y: number, text: string, paint: Paint, bold = false): string {
  const weight = bold ? { "font-weight": 700 } : {};
  return text === "" ? "" : textElement(text, { x, y, "text-anchor": "middle", ...weight, ...painted(paint) });
}

/** Text that stands upright around a point. */
export function upright(x: number, y: number, text: string): string {
  const turned = { x, y: y + 4, transform: `rotate(-90 ${x} ${y})`, "text-anchor": "middle" };
  return textElement(text, { ...turned, ...painted("ink") });
}

/** A line's name, at its left. */
export function label(x: number, y: number, text: string): string {
  return textElement(text, { x, y, "font-style": "italic", ...painted("ink") });
}

/** Letters side by side, each around an x of its own. */
export function letters(
  y: number,
  each: readonly { readonly x: number; readonly letter: string; readonly bold: boolean }[],
): string {
  const spans = each.map(({ x, letter, bold }) =>
    element("tspan", { x, ...(bold && { "font-weight": 700 }) }, escapeText(letter)),
  );
  return element("text", { y, "text-anchor": "middle", ...painted("ink") }, ...spans);
}
