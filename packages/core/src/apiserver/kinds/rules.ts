import type { ApiObject } from "../../model/api-object.ts";
import type { Random } from "../../runtime/random.ts";
import type { ClusterState } from "../cluster-state.ts";
import type { Draft } from "../draft.ts";
import type { FieldError } from "../validate/field-error.ts";

/** What the API server does with an object of a kind, in this order. */
export interface KindRules<T extends ApiObject> {
  /** Which names are allowed: the complaints about one. */
  readonly checkName: (name: string) => readonly string[];
  /** Fills in what is left out. */
  readonly setDefaults: (object: Draft<T>) => void;
  /** Takes over from the stored object, allocates. May throw a Refusal or a StatusError. */
  readonly prepare?: (state: ClusterState, object: Draft<T>, before: T | undefined, write: Write) => void;
  /**
   * All that is wrong beyond the metadata, in the API server's order. Where the specification `isKnown`, nothing is wrong with
   * what objects of its template share.
   */
  readonly validate: (object: T, before: T | undefined, isKnown?: boolean) => readonly FieldError[];
  /** The same for what is written through `status`, where the rest is the stored one. As `validate` unless given. */
  readonly validateStatus?: (object: T, before: T) => readonly FieldError[];
  /** Fills in what the store leaves out and everybody reads. */
  readonly decorate?: (object: Draft<T>) => void;
  /** Names are judged only where nothing else is wrong. */
  readonly metadataLast?: boolean;
  /** What the API server accepts and warns of. Where the specification `isKnown`, there is nothing in what is shared. */
  readonly warnings?: (object: T, before: T | undefined, isKnown?: boolean) => readonly FieldWarning[];
  /** Where many objects have the same specification. */
  readonly template?: SpecTemplate<T>;
}

/** What objects of one template share, and what they do not. */
export interface SpecTemplate<T extends ApiObject> {
  /** The field of the specification that each has of its own. */
  readonly own: string;
  /** Whether what holds for this one's specification hangs on nothing else of it, such as its name. */
  readonly standsForOthers: (object: T) => boolean;
}

/** How an object is written. */
export interface Write {
  /** Through its `status`. */
  readonly ofStatus?: boolean;
  /** Its specification was accepted before, without a warning, but for what each object of the template has of its own. */
  readonly isKnown?: boolean;
  readonly random: Random;
  /** Nothing will be stored: what is allocated stands for something else (ipallocator and portallocator, dry run). */
  readonly dryRun: boolean;
}

/** A warning of the API server, and the field that it is about. */
export interface FieldWarning {
  readonly message: string;
  readonly field: string;
}
