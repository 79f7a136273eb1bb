import type { IngressAnswers, IngressCase } from "./ingress-case.ts";

/** A clock's second, in milliseconds. */
const second = 1000;
/** How long the recorded API server took for an object: with 30 or 31 ms and reloads of 150 ms all recorded counts and warnings come out, with others most do. */
const objectMs = 31;
/** Between the end of the recorder's wait, when it counted the reloads, and `kubectl get`. */
const untilListingMs = 2500;

/**
 * When each object of a case was created, in milliseconds; the recording does not write it down, but `kubectl get` shows each
 * Ingress's age. Where no second has two Ingresses (but those that are said to share one) the recorder waited for the
 * next second; else it went on as fast as it could.
 */
export function creationTimes({ objects, sameSecond }: IngressCase, answers: IngressAnswers): number[] {
  const ages = agesOf(answers);
  const together = new Set(sameSecond);
  const alone = [...ages].filter(([name]) => !together.has(name)).map(([, age]) => age);
  const waits = new Set(alone).size === alone.length;
  let now = 0;
  let last: number | undefined;
  return objects.map(({ kind, metadata }) => {
    now += objectMs;
    const age = kind === "Ingress" ? ages.get(metadata.name) : undefined;
    if (age === undefined) return now;
    if (waits && last !== undefined && last !== age) now = Math.floor(now / second) * second + (last - age) * second;
    last = age;
    return now;
  });
}

/** The creation timestamps' seconds, of which ties between Ingresses depend. */
export function creationSeconds(answers: IngressAnswers): Map<string, number> {
  const ages = agesOf(answers);
  const oldest = Math.max(0, ...ages.values());
  return new Map([...ages].map(([name, age]) => [name, oldest - age]));
}

/** When `kubectl get` was typed, counted as the seconds of `creationSeconds`. */
export function secondOfListing(answers: IngressAnswers): number {
  return Math.max(0, ...agesOf(answers).values());
}

/** How long after the last object the reloads were counted, in milliseconds: a little before `kubectl get` was typed. */
export function waitUntilCount(answers: IngressAnswers): number {
  const ages = [...agesOf(answers).values()];
  return ages.length === 0 ? 0 : Math.max(0, Math.min(...ages) * second - untilListingMs);
}

function agesOf({ kubectlGetIngress: [, ...rows] }: IngressAnswers): Map<string, number> {
  const words = rows.map((row) => row.trim().split(/\s+/));
  return new Map(words.map((columns) => [columns[1]!, ageSeconds(columns.at(-1)!)]));
}

/** `75s`, `2m5s`. */
function ageSeconds(text: string): number {
  const [, minutes = "0", seconds = "0"] = /^(?:(\d+)m)?(?:(\d+)s)?$/.exec(text) ?? [];
  return Number(minutes) * 60 + Number(seconds);
}
