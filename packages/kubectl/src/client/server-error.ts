import type { PlainObject } from "@kubenetsim/core/apiserver/manifest/manifest-document";

interface Cause {
  readonly field?: string;
  readonly message?: string;
}

/** The API server refused: its Status. */
export class ServerError extends Error {
  override readonly name = "ServerError";
  readonly status: PlainObject;

  constructor(status: PlainObject) {
    super(String(status.message ?? ""));
    this.status = status;
  }

  get reason(): string {
    return String(this.status.reason ?? "");
  }

  /** As kubectl prints it at the end of a command (pkg/cmd/util/helpers.go, checkErr). */
  get text(): string {
    return this.reason === "Invalid" ? this.#invalidText() : this.plainText;
  }

  /** The message behind its reason (StandardErrorMessage). */
  get plainText(): string {
    return this.reason === ""
      ? `Error from server: ${this.message}`
      : `Error from server (${this.reason}): ${this.message}`;
  }

  /** What is wrong with each field: `spec.type: Required value`. */
  get causes(): readonly string[] {
    const details = this.status.details as { causes?: readonly Cause[] } | undefined;
    return (details?.causes ?? []).map(({ field, message }) => `${field}: ${message}`);
  }

  /** The same with what was being done to which file before the message (cmdutil.AddSourceToErr). */
  when(verb: string, source: string): ServerError {
    return new ServerError({
      ...this.status,
      message: `error when ${verb} ${JSON.stringify(source)}: ${this.message}`,
    });
  }

  #invalidText(): string {
    const details = this.status.details as { kind?: string; name?: string; causes?: readonly Cause[] } | undefined;
    if (details === undefined) return `The request is invalid: ${this.message}`;
    const isNamed = Boolean(details.kind) || Boolean(details.name);
    const head = isNamed ? `The ${details.kind ?? ""} "${details.name ?? ""}" is invalid` : "The request is invalid";
    const causes = [...new Set(this.causes)];
    if (causes.length === 0) return isNamed ? head : `${head}: ${this.message}`;
    if (causes.length === 1) return `${head}: ${causes[0]}`;
    return `${head}: \n${causes.map((cause) => `* ${cause}`).join("\n")}`;
  }
}

export function isNotFound(reason: unknown): reason is ServerError {
  return reason instanceof ServerError && reason.reason === "NotFound";
}
