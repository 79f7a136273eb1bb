import { type Displayed, jupyterDisplay, type MimeBundle } from "./display.ts";

/** The part of tslab's module that is needed; give `tslab.display`, which only code of a cell can import. */
export interface TslabDisplay {
  html(html: string): void;
}

interface Surroundings {
  readonly Deno?: { readonly jupyter?: { display(bundle: MimeBundle, options: { raw: true }): Promise<void> } };
  readonly document?: { createElement(name: string): PageElement; readonly body: PageElement };
  readonly console: { log(text: string): void };
}

interface PageElement {
  innerHTML: string;
  append(element: PageElement): void;
}

/**
 * Shows a value in the middle of a cell or program, wherever that runs: a Deno notebook, tslab's, a page, a terminal. At a
 * cell's end the value alone is enough in a Deno notebook.
 *
 * @param tslab `tslab.display`, in a notebook of tslab
 * @example await show(lab.pod("default/client").connect("svc/default/web:80"));
 */
export async function show(value: Displayed, tslab?: TslabDisplay): Promise<void> {
  const { Deno, document, console } = globalThis as unknown as Surroundings;
  if (tslab !== undefined) tslab.html(value.toHTML());
  else if (isInNotebook(Deno)) await Deno.jupyter.display(value[jupyterDisplay](), { raw: true });
  else if (document !== undefined) {
    const place = document.createElement("div");
    place.innerHTML = value.toHTML();
    document.body.append(place);
  } else console.log(value.toString().trimEnd());
}

/** Outside of a notebook Deno throws when `jupyter` is read. */
function isInNotebook(
  deno: Surroundings["Deno"],
): deno is { readonly jupyter: NonNullable<NonNullable<Surroundings["Deno"]>["jupyter"]> } {
  try {
    return deno?.jupyter?.display !== undefined;
  } catch {
    return false;
  }
}
