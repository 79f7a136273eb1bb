import { figure } from "./html.ts";

/** What notebooks with a Jupyter kernel ask a value for. */
export const jupyterDisplay: unique symbol = Symbol.for("Jupyter.display");
const nodeInspect: unique symbol = Symbol.for("nodejs.util.inspect.custom");
const denoInspect: unique symbol = Symbol.for("Deno.customInspect");

/** One view of a value by media type; who shows it takes the richest that it can. */
export interface MimeBundle {
  readonly "text/html": string;
  readonly "image/svg+xml": string;
  readonly "text/plain": string;
}

/** What can be put in front of people: in a notebook, on a page, in a terminal. All of it is made when it is asked for. */
export interface Displayed {
  /** As the command line prints it; `console.log` of Node and Deno shows this too. */
  toString(): string;
  /** A picture, one SVG file. */
  toSVG(): string;
  /** A part of a page: the picture, and below it what it stands for as text or table. No script. */
  toHTML(): string;
  [jupyterDisplay](): MimeBundle;
  [nodeInspect](depth: number): string;
  [denoInspect](): string;
}

/** Lines of a text that notebooks and terminals show unasked; `toString` has all. */
export const shownLines = 400;

/** The text's first 400 lines, and how many there are beyond. */
export function shownText(text: string): string {
  const lines = text.split("\n");
  const more = lines.length - 1 - shownLines;
  return more <= 0 ? text : `${lines.slice(0, shownLines).join("\n")}\n… ${more} more lines; toString() has all\n`;
}

/** How one kind of value is shown. */
export interface Views<T> {
  text(value: T): string;
  svg(value: T): string;
  /** The picture with the text below it unless given. */
  html?(value: T): string;
  /** What `JSON.stringify` takes; the value's own fields unless given. */
  json?(value: T): unknown;
}

/**
 * What a class of values extends that can be shown.
 *
 * @example
 * const ListingBase: new () => Displayed = displayBase<Listing>({ text: ({ text }) => text, svg: drawListing });
 * class Listing extends ListingBase { … }
 */
export function displayBase<T>(views: Views<T>): new () => Displayed {
  const me = (value: unknown): T => value as T;
  class Viewed implements Displayed {
    toString(): string {
      return views.text(me(this));
    }

    toSVG(): string {
      return views.svg(me(this));
    }

    toHTML(): string {
      return views.html?.(me(this)) ?? figure(this.toSVG(), shownText(this.toString()));
    }

    [jupyterDisplay](): MimeBundle {
      return { "text/html": this.toHTML(), "image/svg+xml": this.toSVG(), "text/plain": shownText(this.toString()) };
    }

    /** Deep inside of something else the first line is enough. */
    [nodeInspect](depth: number): string {
      const text = shownText(this.toString()).trimEnd();
      return depth < 0 ? text.split("\n", 1)[0]! : text;
    }

    [denoInspect](): string {
      return shownText(this.toString()).trimEnd();
    }
  }
  if (views.json !== undefined) {
    const toJSON = function (this: unknown): unknown {
      return views.json!(me(this));
    };
    Object.defineProperty(Viewed.prototype, "toJSON", { value: toJSON, configurable: true, writable: true });
  }
  return Viewed;
}

/**
 * Gives values of plain data what is needed to show them, beside the fields that they have: these, and what compares and copies
 * by them, stay as they are. The methods stand on the value's prototype, so fields that come later are shown too.
 *
 * @param base what the values inherit from, as `Array.prototype`
 * @example const shown = displayAs<Trace>({ text: formatTrace, svg: drawTrace });
 */
export function displayAs<T extends object>(
  views: Views<T>,
  base: object = Object.prototype,
): <V extends T>(value: V) => V & Displayed {
  const { constructor: _, ...methods } = Object.getOwnPropertyDescriptors(displayBase(views).prototype);
  const prototype = Object.create(base, methods) as object;
  return (value) => Object.setPrototypeOf(value, prototype);
}
