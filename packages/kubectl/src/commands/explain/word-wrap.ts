/**
 * Breaks lines between words so that none is longer than the limit, as github.com/mitchellh/go-wordwrap does: blanks at a
 * break are dropped, a word that is longer stays whole.
 */
export function wordWrap(text: string, limit: number): string {
  let done = "";
  let current = 0;
  let word = "";
  let blanks = "";
  const give = (): void => {
    current += blanks.length + word.length;
    done += blanks + word;
    blanks = "";
    word = "";
  };
  for (const char of text) {
    if (char === "\n") {
      if (word === "" && current + blanks.length > limit) blanks = "";
      give();
      done += "\n";
      current = 0;
    } else if (/\s/.test(char) && char !== "\u00a0") {
      if (blanks === "" || word !== "") give();
      blanks += char;
    } else {
      word += char;
      if (current + word.length + blanks.length > limit && word.length < limit) {
        done += "\n";
        current = 0;
        blanks = "";
      }
    }
  }
  if (word === "" && current + blanks.length > limit) blanks = "";
  give();
  return done;
}

/** Every line behind so many blanks. */
export function indented(amount: number, text: string): string {
  const pad = " ".repeat(amount);
  return pad + text.replaceAll("\n", `\n${pad}`);
}
