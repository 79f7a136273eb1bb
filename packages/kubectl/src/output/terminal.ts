/** Without what a terminal would take for a command (cli-runtime, printers.EscapeTerminal). */
export function escapeTerminal(text: string): string {
  return text.replaceAll("\x1b", "^[").replaceAll("\r", "\\r");
}
