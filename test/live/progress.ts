/** A bar on the terminal, or nothing where there is none. */
export function progressBar(total: number): (done: number, note: string) => void {
  if (!process.stderr.isTTY) return () => undefined;
  const width = 40;
  return (done, note) => {
    const filled = Math.round((done / total) * width);
    const end = done === total ? "\n" : "";
    process.stderr.write(`\r[${"#".repeat(filled)}${".".repeat(width - filled)}] ${done}/${total} ${note}${end}`);
  };
}
