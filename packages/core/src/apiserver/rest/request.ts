import type { Plain, PlainObject } from "../manifest/manifest-document.ts";

/** A request to the API server, as HTTP brings it, less the transport. */
export interface RestRequest {
  readonly method: string;
  /** Decoded path without the query: `/api/v1/namespaces/default/services`. */
  readonly path: string;
  readonly query: URLQuery;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** The body's text; undefined for none. */
  readonly body?: string;
}

/** The parameters of a query; the last one of a name counts. */
export type URLQuery = ReadonlyMap<string, string>;

/** What the API server answers at once. */
export interface RestAnswer {
  readonly kind: "answer";
  readonly code: number;
  /** A JSON value, or text of another content type. */
  readonly body: PlainObject | string;
  readonly contentType: string;
  /** Texts of `Warning: 299` headers. */
  readonly warnings: readonly string[];
}

/** One line of a watch: `metav1.WatchEvent`. */
export interface WatchEvent {
  readonly type: "ADDED" | "MODIFIED" | "DELETED" | "BOOKMARK" | "ERROR";
  readonly object: PlainObject;
}

/** An answer that goes on: events until somebody stops it. */
export interface RestWatch {
  readonly kind: "watch";
  readonly warnings: readonly string[];
  /** Virtual seconds after which the server ends it; undefined for none asked. */
  readonly timeoutSeconds: number | undefined;
  /**
   * Tells what has happened since, then what happens, until the function that it returns is called. After an ERROR nothing
   * comes any more. Events are told inside of the write that makes them; watches that tell the same thing share the event,
   * so that its text can be kept for all of them. Once.
   */
  start(listener: (event: WatchEvent) => void): () => void;
  /**
   * A BOOKMARK of the revision up to which everything has been told; undefined where none is asked for. The API server
   * sends one about every minute, and one before it ends the watch: so should a transport. Not to be asked for while an
   * event is told.
   */
  bookmark(): WatchEvent | undefined;
}

export type RestResponse = RestAnswer | RestWatch;

export function jsonAnswer(code: number, body: Plain, warnings: readonly string[] = []): RestAnswer {
  return { kind: "answer", code, body: body as PlainObject, contentType: "application/json", warnings };
}
