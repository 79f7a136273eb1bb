import type { StatisticMatch } from "../ruleset/match.ts";
import type { LineWords } from "./iptables-words.ts";

/** What has been read of `-m statistic`; -1 for a number that has not come. */
export interface StatisticDraft {
  readonly kind: "statistic";
  negated: boolean;
  mode: "random" | "nth" | undefined;
  probability31: number;
  every: number;
  packet: number;
}

const largest = 0xffffffff;

export function startStatistic(): StatisticDraft {
  return { kind: "statistic", negated: false, mode: undefined, probability31: -1, every: -1, packet: -1 };
}

/** Reads an option if it is one of the match's, and refuses what libxt_statistic does, in its words. */
export function readStatistic(line: LineWords, draft: StatisticDraft, option: string, negated: boolean): boolean {
  switch (option) {
    case "--mode":
      refuse(line, option, draft.mode !== undefined, negated);
      draft.mode = takeMode(line);
      return true;
    case "--probability":
      refuse(line, option, draft.probability31 >= 0, false);
      draft.negated ||= negated;
      draft.probability31 = takeProbability(line);
      return true;
    case "--every":
      refuse(line, option, draft.every >= 0, false);
      draft.negated ||= negated;
      draft.every = line.optionNumber("statistic", option, 1, largest);
      return true;
    case "--packet":
      refuse(line, option, draft.packet >= 0, negated);
      draft.packet = line.optionNumber("statistic", option, 0, largest);
      return true;
    default:
      return false;
  }
}

function refuse(line: LineWords, option: string, isTwice: boolean, isInverted: boolean): void {
  if (isInverted) throw line.error(`statistic: option "${option}" cannot be inverted.`);
  if (isTwice) throw line.error(`statistic: option "${option}" can only be used once.`);
}

function takeMode(line: LineWords): "random" | "nth" {
  const mode = line.take("a mode");
  if (mode !== "random" && mode !== "nth") throw line.error(`Bad mode "${mode}"`);
  return mode;
}

/** As strtod reads it, times 2^31, rounded (extensions/libxt_statistic.c). */
function takeProbability(line: LineWords): number {
  const word = line.take("a probability");
  const probability = /^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(word) ? Number(word) : Number.NaN;
  if (!(probability >= 0 && probability <= 1)) {
    throw line.error('statistic: bad value for option "--probability", or out of range (0-1).');
  }
  return Math.round(probability * 2 ** 31);
}

/** The match when all of its options have been read: the checks that come then (statistic_mt_check). */
export function finishStatistic(line: LineWords, draft: StatisticDraft): StatisticMatch {
  const { negated, probability31, every, packet } = draft;
  if (every >= 0 && probability31 >= 0) {
    throw line.error('statistic: option "--probability" cannot be used together with "--every".');
  }
  if (every >= 0 && packet < 0) throw line.error('statistic: option "--every" also requires "--packet".');
  if (draft.mode !== "nth") {
    if (probability31 < 0) throw line.error("--probability must be specified when using random mode");
    if (draft.mode === undefined) throw line.error('statistic: option "--mode" must be specified');
    return { kind: "statistic", negated, mode: "random", probability31 };
  }
  if (every < 0 && packet < 0) throw line.error("--every and --packet must be specified when using nth mode");
  if (every < 0 || packet >= every) throw line.error("the --packet p must be 0 <= p <= n-1");
  return { kind: "statistic", negated, mode: "nth", every, packet };
}
