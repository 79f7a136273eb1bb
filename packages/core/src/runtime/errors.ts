/** Where in the user's text something stands. Lines and columns count from 1. */
export interface SourcePosition {
  readonly source: string;
  readonly line: number;
  readonly column: number;
}

/** `file:line:column`, as editors and terminals link it. */
export function formatPosition(position: SourcePosition): string {
  return `${position.source}:${position.line}:${position.column}`;
}

/** One field that the API server refuses: `metav1.StatusCause`. */
export interface StatusCause {
  readonly field: string;
  readonly reason:
    | "FieldValueRequired"
    | "FieldValueInvalid"
    | "FieldValueNotSupported"
    | "FieldValueDuplicate"
    | "FieldValueForbidden"
    | "FieldValueNotFound"
    | "FieldValueTooLong"
    | "FieldValueTooMany"
    | "FieldValueTypeInvalid"
    | "FieldManagerConflict"
    | "InternalError"
    | "ResourceVersionTooLarge"
    | "NamespaceTerminating";
  readonly message: string;
}

/** Reasons of `metav1.Status` that the simulator gives, with their HTTP codes. */
export const statusCodes = {
  BadRequest: 400,
  Forbidden: 403,
  NotFound: 404,
  MethodNotAllowed: 405,
  NotAcceptable: 406,
  AlreadyExists: 409,
  Conflict: 409,
  Expired: 410,
  RequestEntityTooLarge: 413,
  UnsupportedMediaType: 415,
  Invalid: 422,
  TooManyRequests: 429,
  InternalError: 500,
  /** What the API server has no reason for: it leaves it out. */
  Unknown: 500,
  ServiceUnavailable: 503,
  Timeout: 504,
} as const;

export type StatusReason = keyof typeof statusCodes;

/** What an answer is about: `metav1.StatusDetails` less the causes. */
export interface StatusSubject {
  readonly name?: string;
  readonly group?: string;
  /** The plural of a resource, or a kind where the object itself is refused. */
  readonly kind?: string;
  readonly uid?: string;
}

/**
 * The user's object is wrong. `message` is worded as the API server words it
 * (apimachinery pkg/api/errors/errors.go); `position`, where known, is the YAML line.
 */
export class StatusError extends Error {
  override readonly name = "StatusError";
  readonly reason: StatusReason;
  readonly code: number;
  readonly causes: readonly StatusCause[];
  readonly subject: StatusSubject | undefined;
  readonly position: SourcePosition | undefined;
  readonly hint: string | undefined;
  /** Seconds after which the client may ask again; undefined where that is no use. */
  readonly retryAfterSeconds: number | undefined;
  /** With which a list that has expired can be gone on with. */
  readonly continueToken: string | undefined;

  constructor(
    reason: StatusReason,
    message: string,
    details: {
      causes?: readonly StatusCause[];
      subject?: StatusSubject;
      position?: SourcePosition;
      hint?: string;
      retryAfterSeconds?: number;
      continueToken?: string;
    } = {},
  ) {
    super(message);
    this.reason = reason;
    this.code = statusCodes[reason];
    this.causes = details.causes ?? [];
    this.subject = details.subject;
    this.position = details.position;
    this.hint = details.hint;
    this.retryAfterSeconds = details.retryAfterSeconds;
    this.continueToken = details.continueToken;
  }
}

/** The user's text cannot be read: YAML, JSON, iptables-save, an address on the command line. */
export class ParseError extends Error {
  override readonly name = "ParseError";
  readonly position: SourcePosition | undefined;
  readonly hint: string | undefined;

  constructor(message: string, details: { position?: SourcePosition; hint?: string } = {}) {
    super(message);
    this.position = details.position;
    this.hint = details.hint;
  }
}

/** The simulator does not model this and says so instead of guessing; see docs/divergences.md. */
export class UnsupportedError extends Error {
  override readonly name = "UnsupportedError";
  /** The thing by its own name, e.g. `iptables match "u32"`. */
  readonly what: string;
  /** Where it was met, e.g. `table nat, chain KUBE-SERVICES, line 12`. */
  readonly where: string;
  readonly position: SourcePosition | undefined;

  constructor(what: string, where: string, position?: SourcePosition) {
    super(`${what} is not modelled (${where}); see docs/divergences.md`);
    this.what = what;
    this.where = where;
    this.position = position;
  }
}

/** A bug of the simulator. Carries what is needed to replay it. */
export class InvariantError extends Error {
  override readonly name = "InvariantError";
  readonly seed: string | undefined;
  readonly revision: number | undefined;

  constructor(message: string, details: { seed?: string; revision?: number } = {}) {
    const replay = [
      details.seed === undefined ? undefined : `seed ${JSON.stringify(details.seed)}`,
      details.revision === undefined ? undefined : `revision ${details.revision}`,
    ].filter((part) => part !== undefined);
    super(replay.length === 0 ? message : `${message} (${replay.join(", ")})`);
    this.seed = details.seed;
    this.revision = details.revision;
  }
}
