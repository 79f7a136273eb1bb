import { expect, test } from "vitest";
import { nearestWord } from "./nearest-word.ts";

test.each([
  ["servics", ["pod", "service"], "service"],
  ["Serivce", ["Service"], "Service"],
  ["wbe", ["api", "web"], "web"],
  ["shop/cleint", ["shop/api", "shop/client"], "shop/client"],
  ["shpo/web", ["shop/web"], "shop/web"],
  ["NODES", ["nodes"], "nodes"],
  ["nope", ["api", "client"], undefined],
  ["shop/nope", ["shop/api"], undefined],
  ["ns", ["no", "po"], undefined],
  ["web", ["shop/web"], undefined],
  ["port", [], undefined],
])("what is meant by %s among %j: %s", (word, words, meant) => {
  expect(nearestWord(word, words)).toBe(meant);
});
