import type { Question } from "@kubenetsim/dns/message/dns-message";
import { recordDataText } from "@kubenetsim/dns/message/record-text";
import type { ResourceRecord } from "@kubenetsim/dns/message/resource-record";

/** Where BIND's tools begin each part of a record: TTL, class, type, data (lib/dns/masterdump.c, dns_master_style_debug). */
const columns = { ttl: 24, class: 32, type: 40, data: 48 } as const;
const tab = 8;

/** A record as dig prints it. */
export function recordLine(record: ResourceRecord): string {
  const line = new Line(record.name);
  line.add(columns.ttl, String(record.ttl));
  line.add(columns.class, record.class);
  line.add(columns.type, record.type);
  line.add(columns.data, recordDataText(record));
  return line.text;
}

/** A question as dig prints it, behind its semicolon: it has no TTL. */
export function questionLine({ name, type, class: recordClass }: Question): string {
  const line = new Line(name);
  line.add(columns.class, recordClass);
  line.add(columns.type, type);
  return `;${line.text}`;
}

/** Goes on at a column by tabs, or by one space where that is passed (indent()). */
class Line {
  text: string;
  #column: number;

  constructor(text: string) {
    this.text = text;
    this.#column = text.length;
  }

  add(column: number, text: string): void {
    const to = Math.max(column, this.#column + 1);
    const tabs = Math.floor(to / tab) - Math.floor(this.#column / tab);
    const from = tabs > 0 ? Math.floor(to / tab) * tab : this.#column;
    this.text += "\t".repeat(tabs) + " ".repeat(to - from) + text;
    this.#column = to + text.length;
  }
}
