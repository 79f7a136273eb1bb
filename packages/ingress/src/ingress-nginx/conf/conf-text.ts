/** A text of nginx.conf that grows line by line, four spaces for each block that is open. */
export class ConfText {
  readonly #parts: string[] = [];
  #indent = "";

  /** One line; an empty text for an empty line. */
  line(text = ""): void {
    if (text === "") this.#parts.push("\n");
    else this.#parts.push(this.#indent, text, "\n");
  }

  /** Directives, each on a line of its own; those that are undefined are left out. */
  directives(...directives: readonly (string | undefined)[]): void {
    for (const directive of directives) {
      if (directive !== undefined) this.#parts.push(this.#indent, directive, ";\n");
    }
  }

  /** `head { … }` */
  block(head: string, body: () => void): void {
    this.line(`${head} {`);
    const outer = this.#indent;
    this.#indent = `${outer}    `;
    body();
    this.#indent = outer;
    this.line("}");
  }

  toString(): string {
    return this.#parts.join("");
  }
}

/** A directive where there is a reason for it. */
export function when(condition: boolean, directive: string): string | undefined {
  return condition ? directive : undefined;
}

/** nginx's word for a flag. */
export function onOff(isOn: boolean): "on" | "off" {
  return isOn ? "on" : "off";
}
