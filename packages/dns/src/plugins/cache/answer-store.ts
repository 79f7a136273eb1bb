import type { Random } from "@kubenetsim/core/runtime/random";
import { type RecordClass, recordClassNumber } from "../../message/record-class.ts";
import { type RecordType, recordTypeNumber } from "../../message/record-type.ts";
import type { DnsName } from "../../message/resource-record.ts";
import type { CachedAnswer } from "./cached-answer.ts";

/** What an answer is kept under. */
export interface AnswerKey {
  /** In lower case. */
  readonly name: DnsName;
  readonly type: RecordType;
  readonly class: RecordClass;
  /** DNSSEC OK, and checking disabled. */
  readonly do: boolean;
  readonly cd: boolean;
}

const shardCount = 256;

/**
 * The answers of one half of the cache. They are spread over 256 shards by a hash of the key; a shard that is full gives up any
 * one of its answers for a new one (plugin/pkg/cache; plugin/cache, hash).
 */
export class AnswerStore {
  readonly #answers = new Map<DnsName, Map<string, CachedAnswer>>();
  readonly #shards: AnswerKey[][] = Array.from({ length: shardCount }, () => []);
  readonly #shardCapacity: number;
  readonly #random: Random;

  constructor(capacity: number, random: Random) {
    this.#shardCapacity = Math.max(Math.floor(capacity / shardCount), 4);
    this.#random = random;
  }

  get size(): number {
    return this.#shards.reduce((sum, shard) => sum + shard.length, 0);
  }

  get(key: AnswerKey): CachedAnswer | undefined {
    return this.#answers.get(key.name)?.get(variantOf(key));
  }

  /** Keeps an answer in place of one that has the same key. */
  set(key: AnswerKey, answer: CachedAnswer): void {
    if (this.get(key) === undefined) {
      const shard = this.#shards[shardOf(key)]!;
      if (shard.length >= this.#shardCapacity) this.delete(shard[this.#random.below(shard.length)]!);
      shard.push(key);
    }
    const ofName = this.#answers.get(key.name) ?? new Map<string, CachedAnswer>();
    this.#answers.set(key.name, ofName.set(variantOf(key), answer));
  }

  delete(key: AnswerKey): void {
    const ofName = this.#answers.get(key.name);
    const variant = variantOf(key);
    if (ofName?.delete(variant) !== true) return;
    if (ofName.size === 0) this.#answers.delete(key.name);
    const shard = this.#shards[shardOf(key)]!;
    const index = shard.findIndex((other) => other.name === key.name && variantOf(other) === variant);
    shard[index] = shard.at(-1)!;
    shard.pop();
  }
}

function variantOf(key: AnswerKey): string {
  const bits = (key.do ? 2 : 0) + (key.cd ? 1 : 0);
  return key.class === "IN" && bits === 0 ? key.type : `${key.type} ${key.class} ${bits}`;
}

/** The last byte of the 64-bit FNV-1 hash: what comes before does not count for it. */
function shardOf(key: AnswerKey): number {
  const type = recordTypeNumber(key.type);
  const recordClass = recordClassNumber(key.class);
  let hash = 0x25;
  const add = (byte: number): void => {
    hash = ((hash * 0xb3) & 0xff) ^ byte;
  };
  add(key.do ? 0x31 : 0x30);
  add(key.cd ? 0x31 : 0x30);
  for (const number of [type, recordClass]) {
    add(number >> 8);
    add(number & 0xff);
  }
  for (let index = 0; index < key.name.length; index++) add(key.name.charCodeAt(index) & 0xff);
  return hash;
}
