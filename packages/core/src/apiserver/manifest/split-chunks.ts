import { ParseError } from "../../runtime/errors.ts";
import { jsonSlices, type TextStart } from "./json-stream.ts";
import { manifestLimits } from "./limits.ts";
import { lastSeparator, splitStream, type TextSlice } from "./text-slice.ts";

/** Text that has come and belongs to documents that may not be whole yet, and where it begins. */
interface Pending extends TextStart {
  readonly text: string;
}

/**
 * The documents of a text that comes in pieces: JSON values if its first sign is `{`, else a YAML stream. No more of the text is
 * held than the documents that are not whole yet, and a piece.
 *
 * @throws ParseError for a document that is larger than an input may be
 */
export function* splitChunks(chunks: Iterable<string>, source: string): Generator<TextSlice> {
  let pending: Pending = { text: "", line: 1, column: 1 };
  let isJson: boolean | undefined;
  for (const text of doubling(chunks, () => pending.text)) {
    pending = { ...pending, text };
    if (isJson === undefined && /\S/.test(text)) isJson = /^\s*\{/.test(text);
    const end =
      isJson === undefined ? 0 : yield* isJson ? wholeValues(pending, source) : wholeDocuments(pending, source);
    if (end > 0) pending = behind(pending, end);
    if (pending.text.length > manifestLimits.characters) throw tooLarge(pending, source);
  }
  const { text } = pending;
  if (isJson) yield* jsonSlices(text, source, true, pending);
  else for (const slice of splitStream(text, source)) yield placed(slice, pending);
}

/** What is held and as much again as has come, so that each character is looked at a few times at most. */
function* doubling(chunks: Iterable<string>, held: () => string): Generator<string> {
  let parts: string[] = [];
  let length = 0;
  for (const chunk of chunks) {
    parts.push(chunk);
    length += chunk.length;
    const whole = held().length + length;
    if (length < held().length && whole <= manifestLimits.characters) continue;
    yield held() + parts.join("");
    parts = [];
    length = 0;
  }
  if (parts.length > 0) yield held() + parts.join("");
}

/** Returns where the last of them ends; 0 where there is none. */
function* wholeValues(pending: Pending, source: string): Generator<TextSlice, number> {
  let end = 0;
  for (const slice of jsonSlices(pending.text, source, false, pending)) {
    end = slice.end;
    yield slice;
  }
  return end;
}

function* wholeDocuments(pending: Pending, source: string): Generator<TextSlice, number> {
  const end = lastSeparator(pending.text);
  if (end > 0) for (const slice of splitStream(pending.text.slice(0, end), source)) yield placed(slice, pending);
  return end;
}

function placed(slice: TextSlice, { line, column }: Pending): TextSlice {
  const firstColumn = slice.firstLine === 1 ? slice.firstColumn + column - 1 : slice.firstColumn;
  return { ...slice, firstLine: slice.firstLine + line - 1, firstColumn };
}

function behind({ text, line, column }: Pending, at: number): Pending {
  const lastBreak = text.lastIndexOf("\n", at - 1);
  let lines = 0;
  for (let i = text.indexOf("\n"); i >= 0 && i < at; i = text.indexOf("\n", i + 1)) lines++;
  return { text: text.slice(at), line: line + lines, column: lastBreak < 0 ? column + at : at - lastBreak };
}

function tooLarge({ line, column }: Pending, source: string): ParseError {
  const mega = (manifestLimits.characters / 1024 / 1024).toFixed(0);
  return new ParseError(`the object that begins here has more than ${mega} Mi characters`, {
    position: { source, line, column },
    hint: "write the objects of a List one by one: jq -c '.items[]'",
  });
}
