import { ParseError, UnsupportedError } from "@kubenetsim/core/runtime/errors";
import type { Command, Pipeline, Redirection, Stream, Word } from "./command-list.ts";
import type { CommandSource } from "./command-source.ts";
import { Tokens, type WordToken } from "./tokens.ts";

const joiners: Readonly<Record<string, Pipeline["runs"]>> = {
  ";": "always",
  "\n": "always",
  "&&": "after success",
  "||": "after failure",
};

/** Those that a program asks for. */
const variableNames = ["EDITOR", "KUBE_EDITOR"];

const known = "known are | ; && || > >> 2> 2>&1 &> < << <<< and quotes";

/**
 * The commands of a text, as a POSIX shell reads it: pipelines one after another, with their redirections and here-documents.
 * Nothing is expanded and nothing is run.
 *
 * @throws ParseError for what is no command line, UnsupportedError for what a shell has besides
 */
export function readCommands(source: CommandSource): Pipeline[] {
  return new CommandReader(source).read();
}

class CommandReader {
  readonly #tokens: Tokens;
  readonly #pipelines: Pipeline[] = [];
  #runs: Pipeline["runs"] = "always";
  #commands: Command[] = [];
  #variables = new Map<string, string>();
  #words: Word[] = [];
  #redirections: Redirection[] = [];
  /** Where the text goes on behind the here-documents that began in this line. */
  #behindDocuments: number | undefined;

  constructor(source: CommandSource) {
    this.#tokens = new Tokens(source);
  }

  read(): Pipeline[] {
    for (let token = this.#tokens.next(); token !== undefined; token = this.#tokens.next()) {
      if (token.kind === "word") this.#takeWord(token);
      else this.#take(token.text);
    }
    this.#endPipeline("the end");
    if (this.#runs !== "always" && this.#pipelines.length > 0) throw unexpected("the end");
    return this.#pipelines;
  }

  #takeWord(token: WordToken): void {
    const { text, variable } = token;
    if (variable === undefined || this.#words.length > 0) this.#words.push(wordOf(token));
    else if (variableNames.includes(variable)) this.#variables.set(variable, text.slice(variable.length + 1));
    else {
      const names = variableNames.join(" and ");
      throw new UnsupportedError(
        `the shell's variable ${variable}`,
        `known are ${names}, before the command that asks`,
      );
    }
  }

  #take(operator: string): void {
    const joiner = joiners[operator];
    if (joiner !== undefined) this.#join(operator, joiner);
    else if (operator === "|") this.#endCommand(operator);
    else this.#redirect(operator);
  }

  #join(operator: string, joiner: Pipeline["runs"]): void {
    const isLineEnd = operator === "\n";
    if (isLineEnd && this.#behindDocuments !== undefined) this.#tokens.skipTo(this.#behindDocuments);
    this.#behindDocuments = isLineEnd ? undefined : this.#behindDocuments;
    const isEmpty = this.#isEmpty;
    // After `|`, `&&` and `||` a command may stand on the next line.
    if (isLineEnd && isEmpty) return;
    if (isEmpty) throw unexpected(operator);
    this.#endPipeline(operator);
    this.#runs = joiner;
  }

  get #isEmpty(): boolean {
    return this.#words.length === 0 && this.#redirections.length === 0 && this.#variables.size === 0;
  }

  #endPipeline(before: string): void {
    const isOpen = this.#commands.length > 0;
    if (!isOpen && this.#isEmpty) return;
    this.#endCommand(before);
    this.#pipelines.push({ runs: this.#runs, commands: this.#commands });
    this.#commands = [];
    this.#runs = "always";
  }

  #endCommand(before: string): void {
    if (this.#words.length === 0) throw unexpected(before);
    this.#commands.push({ variables: this.#variables, words: this.#words, redirections: this.#redirections });
    this.#variables = new Map();
    this.#words = [];
    this.#redirections = [];
  }

  #redirect(operator: string): void {
    const from: Stream = operator.startsWith("2") ? "stderr" : "stdout";
    switch (operator.replace(/^[12]/, "")) {
      case "<":
        this.#redirections.push({ kind: "read", path: this.#target(operator).text });
        return;
      case "<<":
      case "<<-":
        this.#redirections.push({ kind: "text", text: this.#document(operator) });
        return;
      case "<<<":
        this.#redirections.push({ kind: "text", text: `${this.#target(operator).text}\n` });
        return;
      case ">":
        this.#redirections.push({ kind: "write", from, path: this.#target(operator).text });
        return;
      case ">>":
        this.#redirections.push({ kind: "append", from, path: this.#target(operator).text });
        return;
      case "&>":
        this.#redirections.push({ kind: "write", from: "stdout", path: this.#target(operator).text });
        this.#redirections.push({ kind: "copy", from: "stderr", to: "stdout" });
        return;
      case ">&":
        this.#redirections.push({ kind: "copy", from, to: streamOf(this.#target(operator)) });
        return;
      default:
        throw new UnsupportedError(`the shell's ${JSON.stringify(operator)}`, known);
    }
  }

  #target(operator: string): WordToken {
    const token = this.#tokens.next();
    if (token?.kind !== "word") throw unexpected(token?.text ?? "the end", `behind ${operator}`);
    if (token.pattern !== undefined)
      throw new UnsupportedError(`the pattern ${JSON.stringify(token.text)} behind ${operator}`, known);
    return token;
  }

  #document(operator: string): string {
    const delimiter = this.#target(operator);
    const from = this.#behindDocuments ?? this.#tokens.nextLine;
    const { text, end } = this.#tokens.hereDocument(delimiter, operator === "<<-", from);
    this.#behindDocuments = end + 1;
    return text;
  }
}

function wordOf({ text, pattern }: WordToken): Word {
  return pattern === undefined ? { text } : { text, pattern };
}

function streamOf({ text }: WordToken): Stream {
  if (text === "1") return "stdout";
  if (text === "2") return "stderr";
  throw new UnsupportedError(`the shell's ">&${text}"`, known);
}

function unexpected(token: string, where = ""): ParseError {
  const shown = token === "\n" ? "the end of the line" : token === "the end" ? token : JSON.stringify(token);
  return new ParseError(`no command line: unexpected ${shown}${where === "" ? "" : ` ${where}`}`);
}
