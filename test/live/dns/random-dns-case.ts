import type { ApiObject } from "@kubenetsim/core/model/api-object";
import { type Random, seededRandom } from "@kubenetsim/core/runtime/random";
import type { DnsCase, DnsRound } from "./dns-case.ts";
import { Draws } from "./draws.ts";
import { knownNames } from "./known-names.ts";
import { randomCorefile } from "./random-corefile.ts";
import { firstObjects, randomObject } from "./random-objects.ts";
import { randomQuestion } from "./random-question.ts";

const objectsAtFirst = 80;
const changesOfRound = 10;
const questionsOfRound = 50;

/** The same case for the same seed. */
export function randomDnsCase(seed: number): DnsCase {
  const random: Random = seededRandom(`dns/${seed}`);
  const draw = new Draws(random);
  const corefile = randomCorefile(draw);
  const stored = new Map<string, ApiObject>();
  const keyOf = ({ kind, metadata }: ApiObject): string => `${kind}/${metadata.namespace}/${metadata.name}`;
  const rounds = Array.from({ length: 3 }, (_, at): DnsRound => {
    const drawn = Array.from({ length: at === 0 ? objectsAtFirst : changesOfRound }, () => randomObject(draw));
    const put = at === 0 ? [...firstObjects, ...drawn] : drawn;
    for (const object of put) stored.set(keyOf(object), object);
    const deleted = at === 0 ? [] : Array.from({ length: 5 }, () => draw.one([...stored.values()]));
    for (const object of deleted) stored.delete(keyOf(object));
    const known = knownNames([...stored.values()]);
    const questions = Array.from({ length: questionsOfRound }, () => randomQuestion(draw, known));
    return { pauseMs: draw.onceIn(4) ? 1000 + draw.below(2000) : 0, put, deleted: [...new Set(deleted)], questions };
  });
  return { ...corefile, rounds };
}
