import type { FileTree } from "@kubenetsim/kubectl";

/**
 * Files in memory, for `kubectl apply -f` and `> file`. Folders are there as soon as a file is in them; `./a//b/../c` is `a/c`.
 *
 * @example
 * const files = new MemoryFiles({ "shop/web.yaml": yaml });
 * files.write("service.yaml", text);
 * files.list("shop"); // ["shop/web.yaml"]
 */
export class MemoryFiles implements FileTree {
  readonly #texts: Map<string, string>;

  constructor(texts: Readonly<Record<string, string>> = {}) {
    this.#texts = new Map();
    for (const [path, text] of Object.entries(texts)) this.write(path, text);
  }

  read(path: string): string | undefined {
    return this.#texts.get(plainPath(path));
  }

  write(path: string, text: string): void {
    this.#texts.set(plainPath(path), text);
  }

  list(folder: string): readonly string[] | undefined {
    const plain = plainPath(folder);
    const paths = [...this.#texts.keys()].filter((path) => isBelow(path, plain)).sort();
    if (paths.length === 0 && plain !== "") return undefined;
    return paths.map((path) => shownBelow(folder, path.slice(plain.length)));
  }

  /** A copy that goes its own way. */
  copy(): MemoryFiles {
    return new MemoryFiles(Object.fromEntries(this.#texts));
  }
}

function isBelow(path: string, folder: string): boolean {
  return folder === "" || path.startsWith(folder === "/" ? "/" : `${folder}/`);
}

/** As the folder was named. */
function shownBelow(folder: string, rest: string): string {
  if (folder === "" || folder === ".") return rest.replace(/^\//, "");
  return `${folder.replace(/\/+$/, "")}/${rest.replace(/^\/+/, "")}`;
}

function plainPath(path: string): string {
  const parts: string[] = [];
  for (const part of path.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "" && part !== ".") parts.push(part);
  }
  return (path.startsWith("/") ? "/" : "") + parts.join("/");
}
