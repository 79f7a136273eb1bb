/** A part of a lesson: prose, or code that runs as a whole. */
export interface Cell {
  readonly kind: "markdown" | "code";
  /** Lines without an empty one at either end. Prose without the `//` that it has in the file. */
  readonly source: string;
}

const heads = { markdown: "// %% [markdown]", code: "// %%" } as const;

/**
 * The cells of a lesson file, in the percent format that editors know: each begins with a line `// %%` or `// %% [markdown]`,
 * and prose stands behind `//`.
 *
 * @throws SyntaxError with the line's number
 */
export function parseLesson(text: string): Cell[] {
  const cells: { kind: Cell["kind"]; lines: string[] }[] = [];
  for (const [index, line] of text.split("\n").entries()) {
    if (isHead(line)) cells.push({ kind: kindOf(line, index + 1), lines: [] });
    else if (cells.length > 0) cells.at(-1)!.lines.push(lineOf(cells.at(-1)!.kind, line, index + 1));
    else if (line !== "") throw new SyntaxError(`line ${index + 1}: before the first cell`);
  }
  return cells.map(({ kind, lines }) => ({ kind, source: withoutEmptyEnds(lines).join("\n") }));
}

/** The file of these cells: what `parseLesson` reads as the same cells. @throws SyntaxError for a line that would begin another */
export function printLesson(cells: readonly Cell[]): string {
  return cells.map((cell) => `${heads[cell.kind]}\n${linesOf(cell)}`).join("\n");
}

function linesOf({ kind, source }: Cell): string {
  if (source === "") return "";
  const lines = source.split("\n").map((line) => (kind === "code" ? line : `// ${line}`.trimEnd()));
  const head = lines.find(isHead);
  if (head !== undefined) throw new SyntaxError(`begins another cell: ${head}`);
  return lines.map((line) => `${line}\n`).join("");
}

function isHead(line: string): boolean {
  return /^\/\/ ?%%/.test(line);
}

function kindOf(head: string, line: number): Cell["kind"] {
  if (head === heads.code) return "code";
  if (head === heads.markdown) return "markdown";
  throw new SyntaxError(`line ${line}: a cell begins with "${heads.code}" or "${heads.markdown}", not "${head}"`);
}

function lineOf(kind: Cell["kind"], line: string, number: number): string {
  if (kind === "code" || line === "") return line;
  if (line === "//") return "";
  if (!line.startsWith("// ")) throw new SyntaxError(`line ${number}: prose stands behind "// "`);
  return line.slice(3);
}

function withoutEmptyEnds(lines: readonly string[]): readonly string[] {
  const first = lines.findIndex((line) => line !== "");
  const last = lines.findLastIndex((line) => line !== "");
  return first < 0 ? [] : lines.slice(first, last + 1);
}
