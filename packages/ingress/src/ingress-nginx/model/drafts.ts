import type { Backend, Location, Server } from "./configuration.ts";

type Writable<T> = { -readonly [Field in keyof T]: T[Field] };

/** Parts of a configuration that is still being made. */
export type BackendDraft = Writable<Backend>;
export type LocationDraft = Writable<Location>;
export type ServerDraft = Writable<Omit<Server, "locations">> & { locations: LocationDraft[] };

/** By name; a backend that a canary leaves unused is taken out. */
export type BackendDrafts = Map<string, BackendDraft>;
/** By host name. */
export type ServerDrafts = Map<string, ServerDraft>;
