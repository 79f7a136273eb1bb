/** What is known of an endpoint's answers: an entry each in the shared dicts balancer_ewma and balancer_ewma_last_touched_at. */
export interface Score {
  /** Seconds: the moving average as it stood when it was last stored. */
  readonly average: number;
  /** When that was: seconds of virtual time. */
  readonly touched: number;
}

/** `DECAY_TIME`: after so many seconds an average weighs e times less. */
const decaySeconds = 10;

/** The average after an answer that took `seconds`; with 0, what it has decayed to by now (ewma.lua `decay_ewma`). */
export function decayed(score: Score, seconds: number, now: number): number {
  const weight = Math.exp(-Math.max(0, now - score.touched) / decaySeconds);
  return score.average * weight + seconds * (1 - weight);
}

/** Milliseconds as seconds, rounded as nginx does it: `ngx.now()` adds the thousandths to whole seconds. */
export function secondsOf(milliseconds: number): number {
  return Math.floor(milliseconds / 1000) + (milliseconds % 1000) / 1000;
}
