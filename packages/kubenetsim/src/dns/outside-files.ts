import type { Source } from "../connect/source.ts";
import { MemoryFiles } from "../shell/memory-files.ts";

/** The files of hosts outside, by their addresses: what was written there. */
export class OutsideFiles {
  readonly #files: Map<string, MemoryFiles>;

  constructor(files: ReadonlyMap<string, MemoryFiles> = new Map()) {
    this.#files = new Map([...files].map(([address, kept]) => [address, kept.copy()]));
  }

  of(source: Source): MemoryFiles {
    const address = addressOf(source);
    let files = this.#files.get(address);
    if (files === undefined) {
      files = new MemoryFiles();
      this.#files.set(address, files);
    }
    return files;
  }

  /** `/etc/hosts` of a host outside, where somebody has written it. */
  hostsOf(source: Source): string | undefined {
    return source.kind === "external" ? this.#files.get(addressOf(source))?.read("/etc/hosts") : undefined;
  }

  /** A copy that goes its own way. */
  copy(): OutsideFiles {
    return new OutsideFiles(this.#files);
  }
}

function addressOf(source: Source): string {
  return source.kind === "external" ? (source.address ?? "") : "";
}
