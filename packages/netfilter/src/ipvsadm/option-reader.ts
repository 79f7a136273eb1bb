/** One option of a program's table. */
export interface OptionForm {
  /** `tcp-service`, of `--tcp-service`. */
  readonly long: string;
  /** `t`, of `-t`. */
  readonly short?: string;
  readonly value: "none" | "needed" | "optional";
}

/** An option as it stands in the command line; `value` undefined where it has none. */
export interface ReadOption<Form extends OptionForm> {
  /** The word that it stands in. */
  readonly word: string;
  readonly form: Form;
  readonly value: string | undefined;
}

/** A word that is no option, or one without its value; in popt's words. */
export interface OptionProblem {
  readonly word: string;
  readonly problem: "unknown option" | "missing argument" | "option does not take an argument";
}

/**
 * Options one by one, as popt's `poptGetNextOpt` finds them: `-At X`, `-ssed`, `-s=sed`, `--scheduler sed`,
 * `--scheduler=sed`. What belongs to no option is put into `others`. Ends after a problem.
 */
export function* readOptions<Form extends OptionForm>(
  words: readonly string[],
  forms: readonly Form[],
  others: string[],
): Generator<ReadOption<Form> | OptionProblem> {
  for (let at = 0; at < words.length; at++) {
    const word = words[at]!;
    if (word === "--") {
      others.push(...words.slice(at + 1));
      return;
    }
    if (!word.startsWith("-") || word === "-") {
      others.push(word);
      continue;
    }
    for (const part of partsOf(word)) {
      const form = forms.find(({ long, short }) => (part.short ? short === part.name : long === part.name));
      if (form === undefined) return yield { word, problem: "unknown option" };
      if (form.value === "none" && !part.short && part.value !== undefined) {
        return yield { word, problem: "option does not take an argument" };
      }
      let value = form.value === "none" ? undefined : part.value;
      if (form.value !== "none" && value === undefined) {
        const next = words[at + 1];
        if (next === undefined && form.value === "needed") return yield { word, problem: "missing argument" };
        if (form.value === "needed" || (next !== undefined && !next.startsWith("-"))) {
          value = next;
          at++;
        }
      }
      yield { word, form, value };
      if (form.value !== "none") break;
    }
  }
}

interface Part {
  readonly name: string;
  readonly short: boolean;
  /** What follows in the same word, should the option take a value. */
  readonly value: string | undefined;
}

function partsOf(word: string): Part[] {
  if (word.startsWith("--")) {
    const equals = word.indexOf("=");
    if (equals < 0) return [{ name: word.slice(2), short: false, value: undefined }];
    return [{ name: word.slice(2, equals), short: false, value: word.slice(equals + 1) }];
  }
  return [...word.slice(1)].map((name, i) => {
    const rest = word.slice(i + 2);
    return { name, short: true, value: rest === "" ? undefined : rest.replace(/^=/, "") };
  });
}
