/** A pattern that Go refuses, in its words (regexp/syntax/parse.go, Error). */
export class PatternSyntaxError extends Error {
  constructor(problem: string, place: string) {
    super(`error parsing regexp: ${problem}: \`${place}\``);
  }
}
