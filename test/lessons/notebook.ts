import { createHash } from "node:crypto";
import type { Cell } from "./cells.ts";

/** What stands below a code cell. */
export interface CellOutput {
  /** What it printed. */
  readonly printed: string;
  /** Its last expression, as MIME type → text; undefined where it has none to show. */
  readonly shown: Readonly<Record<string, string>> | undefined;
}

/**
 * A notebook for the Deno kernel, nbformat 4.5, as nbformat itself writes it: keys in order, text in lines. `outputs` has one entry a
 * cell, those of prose unused; without it the notebook is one that has not run.
 */
export function notebookText(cells: readonly Cell[], ids: readonly string[], outputs?: readonly CellOutput[]): string {
  let executions = 0;
  const notebook = {
    cells: cells.map(({ kind, source }, i) => {
      const cell = { cell_type: kind, id: ids[i], metadata: {}, source: linesOf(source) };
      if (kind === "markdown") return cell;
      const execution_count = outputs === undefined ? null : ++executions;
      return { ...cell, execution_count, outputs: outputs === undefined ? [] : outputsOf(outputs[i]!, executions) };
    }),
    metadata: {
      kernelspec: { display_name: "Deno", language: "typescript", name: "deno" },
      language_info: {
        codemirror_mode: "typescript",
        file_extension: ".ts",
        mimetype: "text/x.typescript",
        name: "typescript",
        nbconvert_exporter: "script",
        pygments_lexer: "typescript",
      },
    },
    nbformat: 4,
    nbformat_minor: 5,
  };
  return `${JSON.stringify(sorted(notebook), undefined, 1)}\n`;
}

/** An id a cell, that stays what it is when other cells come, go and move: a hash of what the cell says. */
export function cellIds(cells: readonly Cell[]): string[] {
  const seen = new Map<string, number>();
  return cells.map(({ kind, source }) => {
    const hash = createHash("sha256").update(`${kind}\n${source}`).digest("hex").slice(0, 8);
    const times = (seen.get(hash) ?? 0) + 1;
    seen.set(hash, times);
    return times === 1 ? hash : `${hash}-${times}`;
  });
}

/** The cells of a notebook. @throws Error for one of another format, or with cells that a lesson does not have */
export function cellsOf(text: string): Cell[] {
  const { nbformat, cells } = JSON.parse(text) as {
    nbformat: unknown;
    cells: { cell_type: string; source: string[] }[];
  };
  if (nbformat !== 4) throw new Error(`not a notebook of nbformat 4: ${String(nbformat)}`);
  return cells.map(({ cell_type: kind, source }) => {
    if (kind !== "markdown" && kind !== "code") throw new Error(`a lesson has no cell of type ${kind}`);
    return { kind, source: source.join("") };
  });
}

function outputsOf({ printed, shown }: CellOutput, execution_count: number): object[] {
  const outputs: object[] = [];
  if (printed !== "") outputs.push({ output_type: "stream", name: "stdout", text: linesOf(printed) });
  if (shown !== undefined) {
    const data = Object.fromEntries(Object.entries(shown).map(([type, text]) => [type, linesOf(text)]));
    outputs.push({ output_type: "execute_result", execution_count, metadata: {}, data });
  }
  return outputs;
}

/** Each line with its end, as notebooks keep text. */
function linesOf(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? [];
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const keys = Object.keys(value).sort();
  return Object.fromEntries(keys.map((key) => [key, sorted((value as Record<string, unknown>)[key])]));
}
