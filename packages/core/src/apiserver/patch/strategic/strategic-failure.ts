/** A strategic merge patch that cannot be applied, or made. */
export class StrategicFailure extends Error {
  override readonly name = "StrategicFailure";
  /** How the API server answers: most failures of this kind are no client's fault to it. */
  readonly answer: "internal" | "bad request" | "unprocessable";

  constructor(message: string, answer: StrategicFailure["answer"] = "internal") {
    super(message);
    this.answer = answer;
  }
}
