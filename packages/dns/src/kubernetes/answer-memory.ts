import type { RecordType } from "../message/record-type.ts";
import type { DnsName } from "../message/resource-record.ts";

/** More answers than this are not kept: names can be made up without end. */
const mostAnswers = 50_000;

/** Answers by type and name, the name in the case of the question, until something changes. */
export class AnswerMemory<T> {
  readonly #byType = new Map<RecordType, Map<DnsName, T>>();
  #size = 0;

  get(type: RecordType, name: DnsName): T | undefined {
    return this.#byType.get(type)?.get(name);
  }

  set(type: RecordType, name: DnsName, answer: T): void {
    if (this.#size >= mostAnswers) this.clear();
    let answers = this.#byType.get(type);
    if (answers === undefined) {
      answers = new Map();
      this.#byType.set(type, answers);
    }
    answers.set(name, answer);
    this.#size++;
  }

  clear(): void {
    this.#byType.clear();
    this.#size = 0;
  }
}
