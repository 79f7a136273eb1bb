const longOptions: Readonly<Record<string, string>> = {
  "--list": "-L",
  "-l": "-L",
  "--numeric": "-n",
  "--connection": "-c",
  "--counters": "-c",
  "--table": "-t",
};

/**
 * A command line in one of its spellings for all of them: letters of options stand alone, long names are letters, options
 * come in one order. `ipvsadm -Ln` and `ipvsadm -l --numeric` are the same.
 */
export function canonicalCommand(command: string): string {
  const [program = "", ...rest] = command.trim().split(/\s+/);
  const words = rest.flatMap(singleOptions).map((word) => longOptions[word] ?? word);
  const options: string[] = [];
  const others: string[] = [];
  for (let i = 0; i < words.length; i++) {
    const word = words[i]!;
    if (word === "-t") options.push(`-t ${words[++i] ?? ""}`);
    else if (word.startsWith("-")) options.push(word);
    else others.push(word);
  }
  return [program, ...others, ...options.sort()].join(" ");
}

/** `-Lnc` is three options. */
function singleOptions(word: string): string[] {
  return /^-[A-Za-z]{2,}$/.test(word) ? [...word.slice(1)].map((letter) => `-${letter}`) : [word];
}
