import { ServerError } from "../client/server-error.ts";
import { CommandError, SeveralErrors, together } from "../command-error.ts";
import type { ResourceInfo } from "./resource-info.ts";

/** Where objects come from: a name, a collection, a file. What cannot be had of it stands between them. */
export type ResourceSource = () => Iterable<ResourceInfo | Error>;

export interface Findings {
  readonly infos: readonly ResourceInfo[];
  /** All that went wrong, as one. */
  readonly error: Error | undefined;
}

type Ignored = (reason: Error) => boolean;

/** How objects are gone through. */
interface Visiting {
  /** What happens to each of them first. */
  readonly prepare: (info: ResourceInfo) => ResourceInfo;
  /** The first error ends it (without resource.Builder.ContinueOnError). */
  readonly stops: boolean;
}

/** Goes through objects one after another, and past those that fail (cli-runtime, resource.Result). */
export class FoundResources {
  /** One object was named, and no collection. */
  readonly isOne: boolean;
  readonly sources: readonly ResourceSource[];
  readonly #visiting: Visiting;

  constructor(isOne: boolean, sources: readonly ResourceSource[], visiting: Visiting) {
    this.isOne = isOne;
    this.sources = sources;
    this.#visiting = visiting;
  }

  /** @throws all errors together at the end, or the first where the search stops there, less those that are ignored */
  visit(act: (info: ResourceInfo) => void, isIgnored?: Ignored): void {
    const error = this.#visitAll(act, isIgnored);
    if (error !== undefined) throw error;
  }

  /** All objects, and what went wrong. */
  infos(isIgnored?: Ignored): Findings {
    const infos: ResourceInfo[] = [];
    const error = this.#visitAll((info) => infos.push(info), isIgnored);
    return { infos, error };
  }

  #visitAll(act: (info: ResourceInfo) => void, isIgnored: Ignored = () => false): Error | undefined {
    const { acting, reading } = this.#visiting.stops ? this.#visitUntilError(act) : this.#visitPastErrors(act);
    const unread = reading.filter((reason) => !isIgnored(reason));
    const errors = acting.filter((reason) => !isIgnored(reason));
    // What goes wrong with single objects is told before what could not be read.
    if (unread.length > 0) errors.push(new SeveralErrors(unread));
    return errors.length === 0 ? undefined : together(errors);
  }

  #visitPastErrors(act: (info: ResourceInfo) => void): VisitErrors {
    const acting: Error[] = [];
    const reading: Error[] = [];
    for (const source of this.sources) {
      attempt(reading, () => {
        for (const one of source()) {
          if (one instanceof Error) reading.push(one);
          else attempt(acting, () => act(this.#visiting.prepare(one)));
        }
      });
    }
    return { acting, reading };
  }

  #visitUntilError(act: (info: ResourceInfo) => void): VisitErrors {
    const acting: Error[] = [];
    attempt(acting, () => {
      for (const source of this.sources) {
        for (const one of source()) {
          if (one instanceof Error) throw one;
          act(this.#visiting.prepare(one));
        }
      }
    });
    return { acting, reading: [] };
  }
}

/** What went wrong with objects, and with reading them. */
interface VisitErrors {
  readonly acting: Error[];
  readonly reading: readonly Error[];
}

function attempt(errors: Error[], work: () => void): void {
  try {
    work();
  } catch (reason) {
    if (!(reason instanceof CommandError || reason instanceof ServerError)) throw reason;
    errors.push(reason);
  }
}
