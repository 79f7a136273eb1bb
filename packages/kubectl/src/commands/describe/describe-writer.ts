import type { Labels } from "@kubenetsim/core/model/object-meta";
import { alignTabs } from "../../output/tab-writer.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";
const longestAnnotation = 140;

/** What a description is written with: kubectl pkg/describe, PrefixWriter. Tabs part cells. */
export class DescribeWriter {
  #done = "";
  #text = "";

  /** A line, indented by two blanks a level. */
  line(text: string, level = 0): void {
    this.#text += `${"  ".repeat(level)}${text}\n`;
  }

  /** What was written, with its tabs: some commands align nothing. */
  get unaligned(): string {
    return this.#done + this.#text;
  }

  /** What comes now is aligned by itself. */
  flush(): void {
    this.#done += alignTabs(this.#text);
    this.#text = "";
  }

  /** `Labels:` and a line for each. */
  labels(title: string, labels: Labels | undefined, skip: ReadonlySet<string> = new Set()): void {
    const keys = Object.keys(labels ?? {})
      .filter((key) => !skip.has(key))
      .sort();
    this.list(
      title,
      keys.map((key) => `${key}=${labels![key]!}`),
    );
  }

  annotations(title: string, annotations: Labels | undefined): void {
    const keys = Object.keys(annotations ?? {})
      .filter((key) => key !== lastApplied)
      .sort();
    const lines = keys.flatMap((key) => annotationLines(key, annotations![key]!.replace(/\n$/, "")));
    this.list(title, lines);
  }

  text(): string {
    this.flush();
    return this.#done;
  }

  /** A title and a line for each text, or `<none>`. */
  list(title: string, lines: readonly string[]): void {
    if (lines.length === 0) this.line(`${title}:\t<none>`);
    for (const [i, text] of lines.entries()) this.line(`${i === 0 ? `${title}:` : ""}\t${text}`);
  }
}

/** Long ones begin on a line of their own. */
function annotationLines(key: string, value: string): string[] {
  if (value.length + key.length + 2 <= longestAnnotation && !value.includes("\n")) return [`${key}: ${value}`];
  const longest = longestAnnotation - 2;
  const lines = value.split("\n").map((line) => (line.length > longest ? `${line.slice(0, longest)}...` : line));
  return [`${key}:`, ...lines.map((line) => `  ${line}`)];
}
