/** A word of a command. */
export interface Word {
  readonly text: string;
  /** The same with what was quoted as blanks, if `*`, `?` or `[` stand in it unquoted: a shell would look for files. */
  readonly pattern?: string;
}

/** `> file` and its relatives, in the order in which they stand. */
export type Redirection =
  | { readonly kind: "read"; readonly path: string }
  /** A here-document, or a here-string. */
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "write" | "append"; readonly from: Stream; readonly path: string }
  /** `2>&1` */
  | { readonly kind: "copy"; readonly from: Stream; readonly to: Stream };

/** Descriptor 1 or 2. */
export type Stream = "stdout" | "stderr";

export interface Command {
  /** `EDITOR=cat` before its words. */
  readonly variables: ReadonlyMap<string, string>;
  readonly words: readonly Word[];
  readonly redirections: readonly Redirection[];
}

/** Commands, each of which reads what the one before it prints. */
export interface Pipeline {
  /** `;` and line ends, `&&`, `||`: whether it runs after the one before it has failed or not. */
  readonly runs: "always" | "after success" | "after failure";
  readonly commands: readonly Command[];
}
