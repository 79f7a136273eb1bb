import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fc, test } from "@fast-check/vitest";
import { beforeAll, describe, expect, it } from "vitest";
import { type Cell, parseLesson, printLesson } from "./lessons/cells.ts";
import { answersOf, classCells } from "./lessons/class-cells.ts";
import { type CellOutput, cellIds, cellsOf, notebookText } from "./lessons/notebook.ts";
import { runLesson } from "./lessons/run-lesson.ts";
import { root } from "./tidy/source-files.ts";

const folder = join(root, "examples", "lessons");
const lessons = readdirSync(folder).filter((name) => existsSync(join(folder, name, "lesson.ts")));

// UPDATE_LESSONS=1 npx vitest run test/lessons.test.ts writes the notebooks anew; UPDATE_LESSONS=1-service those of one lesson.
const update = process.env.UPDATE_LESSONS;

it("has lessons", () => {
  expect(lessons.length).toBeGreaterThan(0);
});

describe.each(lessons)("%s", (name) => {
  const text = readFileSync(join(folder, name, "lesson.ts"), "utf8");
  const cells = parseLesson(text);
  const answers = answersOf(cells);
  let outputs: readonly CellOutput[];
  let classOutputs: readonly CellOutput[];

  beforeAll(async () => {
    outputs = await runLesson(cells);
    classOutputs = await runLesson(classCells(cells));
    if (update !== "1" && update !== name) return;
    writeFileSync(join(folder, name, "lesson.ipynb"), withAnswers());
    writeFileSync(join(folder, name, "class.ipynb"), forClass());
  }, 120_000);

  const withAnswers = (): string => notebookText(cells, cellIds(cells), outputs);
  const forClass = (): string => notebookText(classCells(cells), cellIds(cells));

  it("is written as the lesson's cells are printed", () => {
    expect(printLesson(cells)).toBe(text);
  });

  it("has a right answer to each of its questions", () => {
    expect(answers).toBeGreaterThan(3);
    expect(linesWith(outputs, "✔")).toHaveLength(answers);
    expect([...linesWith(outputs, "✘"), ...linesWith(outputs, "○")]).toEqual([]);
  });

  it("runs to its end before a class has answered", () => {
    expect(linesWith(classOutputs, "○")).toHaveLength(answers);
  });

  it("has the notebooks that are made of it", () => {
    const stale = "UPDATE_LESSONS=1 npx vitest run test/lessons.test.ts writes it anew";
    expect(readFileSync(join(folder, name, "lesson.ipynb"), "utf8"), stale).toBe(withAnswers());
    expect(readFileSync(join(folder, name, "class.ipynb"), "utf8"), stale).toBe(forClass());
  });

  it("can be made of its notebook again", () => {
    expect(printLesson(cellsOf(readFileSync(join(folder, name, "lesson.ipynb"), "utf8")))).toBe(text);
  });
});

const line = fc.string({ unit: fc.constantFrom("a", " ", "/", "%", "[", "é", "`", "\t") });
const aCell = fc
  .record({ kind: fc.constantFrom("markdown", "code"), lines: fc.array(line, { maxLength: 5 }) })
  .map(({ kind, lines }): Cell => {
    const tidy = lines.map((text) => text.trimEnd()).filter((text) => !/^(\/\/ ?)?%%/.test(text));
    return { kind: kind as Cell["kind"], source: tidy.join("\n").replace(/^\n+|\n+$/g, "") };
  });

test.prop([fc.array(aCell, { maxLength: 6 })])("cells are what they were after print and parse", (cells) => {
  expect(parseLesson(printLesson(cells))).toEqual(cells);
});

test.prop([fc.array(aCell, { maxLength: 6 })])("cells are what they were after a notebook of them", (cells) => {
  expect(cellsOf(notebookText(cells, cellIds(cells)))).toEqual(cells);
});

test.prop([fc.array(aCell, { maxLength: 8 })])("no two cells have the same id", (cells) => {
  const ids = cellIds(cells);
  expect(new Set(ids).size).toBe(cells.length);
  for (const id of ids) expect(id).toMatch(/^[a-zA-Z0-9_-]{1,64}$/);
});

it.each([
  ["x\n// %%\n", "line 1: before the first cell"],
  ["// %% [markdown]\n// a\nb\n", 'line 3: prose stands behind "// "'],
  ["// %% [raw]\n", 'line 1: a cell begins with "// %%" or "// %% [markdown]", not "// %% [raw]"'],
])("refuses a file that is no lesson: %j", (text, message) => {
  expect(() => parseLesson(text)).toThrow(new SyntaxError(message));
});

it("refuses to print a line that would begin another cell", () => {
  expect(() => printLesson([{ kind: "markdown", source: "%% 100" }])).toThrow(SyntaxError);
  expect(() => printLesson([{ kind: "code", source: "//%%" }])).toThrow(SyntaxError);
});

it("takes answers out, and nothing else", () => {
  const source = 'const a: number | undefined = 24; // ✎ how many?\nconst b = 3;\nconst c: string = "✎";';
  const [cell] = classCells([{ kind: "code", source }]);
  expect(cell!.source).toBe(source.replace("= 24;", "= undefined;"));
  expect(() => classCells([{ kind: "code", source: "const a = 24; // ✎ how many?" }])).toThrow(SyntaxError);
});

it.each(["console.log(3);", 'console.log("a", "b");', "[1, 2];", '"text";'])(
  "refuses a cell whose output differs between runtimes: %s",
  async (source) => {
    await expect(runLesson([{ kind: "code", source }])).rejects.toThrow(TypeError);
  },
);

function linesWith(outputs: readonly CellOutput[], sign: string): string[] {
  return outputs.flatMap(({ printed }) => printed.split("\n")).filter((line) => line.startsWith(sign));
}
