/** `, about 40 s left`, as what is done went; "" before anything is. */
export function timeLeft(elapsedMs: number, done: number, all: number): string {
  if (done === 0) return "";
  const seconds = Math.ceil((elapsedMs / done) * (all - done) * 0.001);
  return seconds < 120 ? `, about ${seconds} s left` : `, about ${Math.round(seconds / 60)} min left`;
}
