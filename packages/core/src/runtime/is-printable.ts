/** Is it a line that a terminal and a table show as it is: without control characters, line ends and turns of direction? */
export function isPrintable(text: string): boolean {
  return !/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u.test(text);
}
