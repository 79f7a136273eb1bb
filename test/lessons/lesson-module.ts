import { parseAst } from "vitest/node";
import type { Cell } from "./cells.ts";

/** What a lesson's module tells while it runs. */
interface CellListener {
  begin(cell: number): void;
  /** The last expression's value. */
  end(value: unknown): void;
}

export interface LessonModule {
  readonly run: (listener: CellListener) => Promise<void>;
}

/**
 * One module of all code cells: `run` goes through them as a kernel would, and tells the value of each cell's last statement where that is an
 * expression.
 */
export function lessonModule(cells: readonly Cell[]): string {
  const parts = cells.map(({ kind, source }, i) => (kind === "code" ? partsOf(source, i) : { imports: "", body: "" }));
  return [
    ...parts.map(({ imports }) => imports),
    "export async function run(listener) {",
    ...parts.map(({ body }) => body),
    "}",
    "",
  ].join("\n");
}

interface Statement {
  readonly type: string;
  readonly start: number;
  readonly end: number;
}

function partsOf(source: string, cell: number): { imports: string; body: string } {
  const statements = parseAst(source, { lang: "ts" }).body as readonly Statement[];
  const isImport = ({ type }: Statement): boolean => type === "ImportDeclaration";
  const textOf = ({ start, end }: Statement): string => source.slice(start, end);
  const rest = statements.filter((statement) => !isImport(statement));
  const last = rest.at(-1);
  const body = rest.map((statement) =>
    statement === last && statement.type === "ExpressionStatement"
      ? `listener.end(${textOf(statement).replace(/;$/, "")});`
      : textOf(statement),
  );
  return {
    imports: statements.filter(isImport).map(textOf).join("\n"),
    body: [`listener.begin(${cell});`, ...body].join("\n"),
  };
}
