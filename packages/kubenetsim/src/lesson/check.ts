/** What a learner's answer may be. */
export type Answer = number | string | boolean | readonly (number | string)[];

/**
 * Compares a learner's answer with what the simulator says, and prints a line about it: right, not yet, or not answered yet. It never
 * throws, so that all cells of a notebook can run before anything is answered.
 *
 * @param given undefined where there is no answer yet
 * @param truth the right answer, best taken from what was just measured
 * @param hint what to think of when the answer is wrong
 * @example
 * const guess: number | undefined = 24;
 * check("rules for the 9th Service", guess, firstPacket.rulesCompared, "15 + p");
 */
export function check<Truth extends Answer>(question: string, given: Truth | undefined, truth: Truth, hint = ""): void {
  const isRight = given !== undefined && JSON.stringify(given) === JSON.stringify(truth);
  if (given === undefined) console.log(`○ ${question}: not answered yet`);
  else if (isRight) console.log(`✔ ${question}: ${answerText(given)} is right`);
  else console.log(`✘ ${question}: ${answerText(given)} is not it${hint === "" ? "" : ` (${hint})`}`);
}

function answerText(answer: Answer): string {
  return Array.isArray(answer) ? answer.join(" ") : String(answer);
}
