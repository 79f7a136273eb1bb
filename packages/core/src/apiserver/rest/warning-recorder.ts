/** As many characters of warnings go into one answer whole. */
const mostAtAll = 4096;
/** To so many each of them is cut where they are more. */
const mostOfEach = 256;

/**
 * The warnings of one answer, said once each, whatever becomes of the request (apiserver pkg/endpoints/filters/warning.go).
 *
 * @example
 * const warnings = new WarningRecorder();
 * warnings.add('unknown field "spec.x"');
 * warnings.texts; // ['unknown field "spec.x"']
 */
export class WarningRecorder {
  readonly #texts = new Set<string>();

  add(...texts: readonly string[]): void {
    // What a header cannot hold is dropped.
    for (const text of texts) if (text !== "" && !/\p{Cc}/u.test(text)) this.#texts.add(text);
  }

  get texts(): readonly string[] {
    const all = [...this.#texts].map((text) => [...text]);
    if (all.reduce((sum, one) => sum + one.length, 0) <= mostAtAll) return [...this.#texts];
    const cut: string[] = [];
    let length = 0;
    for (const one of all) {
      if (length >= mostAtAll) break;
      cut.push(one.slice(0, mostOfEach).join(""));
      length += Math.min(one.length, mostOfEach);
    }
    return cut;
  }
}
