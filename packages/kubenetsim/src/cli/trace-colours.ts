import { styleText } from "node:util";
import type { Terminal } from "./terminal.ts";

/** Colours for a trace's text: what became of the packet, the hops' titles, and what is only remarked. */
export function paintTrace(text: string): string {
  return text
    .split("\n")
    .map((line, index) => {
      if (index === 0) return styleText("bold", line);
      if (/^\d+ /.test(line)) return styleText("cyan", line);
      if (/^delivered:/.test(line)) return styleText(["bold", "green"], line);
      if (/^(refused|rejected|dropped|no-route|no-reply):/.test(line)) return styleText(["bold", "red"], line);
      return line;
    })
    .join("\n");
}

/** A line above what follows. */
export function heading(text: string, terminal: Terminal): string {
  const rule = "─".repeat(text.length);
  return `${terminal.colour ? styleText("bold", text) : text}\n${rule}`;
}
