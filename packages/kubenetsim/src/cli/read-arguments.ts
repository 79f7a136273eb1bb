import { parseArgs } from "node:util";
import { nearestWord } from "@kubenetsim/core/apiserver/nearest-word";
import { ParseError } from "@kubenetsim/core/runtime/errors";
import type { Arguments, Command } from "./command.ts";

/** Reads what follows a command's name. @throws ParseError with the option that was probably meant. */
export function readArguments(command: Command, words: readonly string[]): Arguments {
  const { values, positionals } = parse(command, words);
  const { least, most } = command.positionals;
  if (positionals.length < least || positionals.length > most) {
    const extra = positionals[most];
    throw new ParseError(
      extra === undefined ? `${command.name} needs more words` : `${command.name} does not take "${extra}"`,
      { hint: usageLine(command) },
    );
  }
  return {
    text: (name) => last(values[name]),
    texts: (name) => list(values[name]),
    flag: (name) => values[name] === true,
    positionals,
  };
}

export function usageLine(command: Command): string {
  return `usage: kubenetsim ${command.name} ${command.usage}`.trimEnd();
}

type Values = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>;

function parse(command: Command, words: readonly string[]): { values: Values; positionals: string[] } {
  const options = Object.fromEntries(
    Object.entries(command.options).map(([name, { type, multiple, short }]) => [
      name,
      { type, ...(multiple === undefined ? {} : { multiple }), ...(short === undefined ? {} : { short }) },
    ]),
  );
  try {
    return parseArgs({ args: withNegativeValues(command, words), options, allowPositionals: true, strict: true });
  } catch (problem) {
    throw explain(command, problem as Error & { code?: string });
  }
}

/** `--services -1` as `--services=-1`: no option begins with a digit, so it is a value, and the command says what it takes. */
function withNegativeValues(command: Command, words: readonly string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const option = joined.at(-1) ?? "";
    const takesValue = option.startsWith("--") && command.options[option.slice(2)]?.type === "string";
    if (takesValue && /^-\d/.test(word)) joined[joined.length - 1] = `${option}=${word}`;
    else joined.push(word);
  }
  return joined;
}

function explain(command: Command, problem: Error & { code?: string }): Error {
  const named = /'(-{1,2}[^'\s=,]*)/.exec(problem.message)?.[1];
  if (problem.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION" && named !== undefined) {
    const names = Object.keys(command.options);
    const meant = nearestWord(named.replace(/^-+/, ""), names);
    return new ParseError(`${command.name} has no option ${named}`, {
      hint: meant === undefined ? usageLine(command) : `did you mean --${meant}?`,
    });
  }
  if (problem.code === "ERR_PARSE_ARGS_INVALID_OPTION_VALUE") {
    return new ParseError(problem.message.replace(/\.\n?.*$/s, ""), { hint: usageLine(command) });
  }
  return problem;
}

function last(value: Values[string]): string | undefined {
  const one = Array.isArray(value) ? value.at(-1) : value;
  return typeof one === "string" ? one : undefined;
}

function list(value: Values[string]): string[] {
  const all = Array.isArray(value) ? value : [value];
  return all.filter((one): one is string => typeof one === "string");
}
