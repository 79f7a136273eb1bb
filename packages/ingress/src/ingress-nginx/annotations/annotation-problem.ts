/** Why an annotation gives no value (internal/ingress/errors). */
export type ProblemKind =
  /** It is not there. */
  | "missing"
  /** It passes its check but cannot be read as what it should be. */
  | "content"
  /** Annotations that do not go together. */
  | "configuration"
  /** Its check refuses it. Where a parser hands that on, the whole Ingress is dropped. */
  | "validation"
  /** The locations of the Ingress answer 503 (`LocationDeniedError`). */
  | "denied"
  | "other";

/** In the place of a value that an annotation does not give. */
export class AnnotationProblem {
  readonly kind: ProblemKind;
  readonly message: string;

  constructor(kind: ProblemKind, message: string) {
    this.kind = kind;
    this.message = message;
  }
}

/** A denial in the words of `NewLocationDenied`. */
export function locationDenied(why: string): AnnotationProblem {
  return new AnnotationProblem("denied", `location denied, reason: ${why}`);
}

export function isProblem(value: unknown): value is AnnotationProblem {
  return value instanceof AnnotationProblem;
}

/** The value, or what stands in for one that is not there or cannot be read. */
export function valueOr<T>(value: T | AnnotationProblem, fallback: T): T {
  return isProblem(value) ? fallback : value;
}

/** A value, `fallback` for one that is not there, or what is wrong with it. */
export function orMissing<T>(value: T | AnnotationProblem, fallback: T): T | AnnotationProblem {
  return isProblem(value) && value.kind === "missing" ? fallback : value;
}
