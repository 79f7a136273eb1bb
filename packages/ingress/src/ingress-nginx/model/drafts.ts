import type { Backend, Location } from "./configuration.ts";

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Parts of a configuration that is still being made. */
export type BackendDraft = Writable<Backend>;
export type LocationDraft = Writable<Location>;
