/**
 * Moves runs of changed lines to where diff shows them: as far down as equal lines let them, runs that meet become one, and
 * back to where the other text has changes, too (GNU diffutils, analyze.c, shift_boundaries).
 *
 * @param changed which lines of the text are changed; it is changed in place
 * @param other the same of the other text
 */
export function shiftChanges(lines: readonly string[], changed: boolean[], other: readonly boolean[]): void {
  const end = lines.length;
  let at = 0;
  let beside = 0;
  for (;;) {
    while (at < end && !changed[at]) {
      while (other[beside++]);
      at++;
    }
    if (at === end) return;
    let start = at;
    while (changed[++at]);
    while (other[beside]) beside++;
    let length: number;
    let corresponding: number;
    do {
      length = at - start;
      while (start > 0 && lines[start - 1] === lines[at - 1]) {
        changed[--start] = true;
        changed[--at] = false;
        while (changed[start - 1]) start--;
        while (other[--beside]);
      }
      corresponding = other[beside - 1] ? at : end;
      while (at !== end && lines[start] === lines[at]) {
        changed[start++] = false;
        changed[at++] = true;
        while (changed[at]) at++;
        while (other[++beside]) corresponding = at;
      }
    } while (length !== at - start);
    while (corresponding < at) {
      changed[--start] = true;
      changed[--at] = false;
      while (other[--beside]);
    }
  }
}
