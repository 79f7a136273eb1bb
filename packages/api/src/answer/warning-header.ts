/** A text as a `Warning` header carries it (apimachinery pkg/util/net, NewWarningHeader). */
export function warningHeader(text: string): string {
  // Headers are Latin-1, and a line end would end one.
  const printable = text.replace(/[^\x20-\x7e]/g, "?");
  return `299 - "${printable.replace(/[\\"]/g, "\\$&")}"`;
}
