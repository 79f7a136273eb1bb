import { describe, expect, it } from "vitest";
import { askOwn } from "./own-answer.ts";
import { type RecordedLife, readLives } from "./recorded-lives.ts";
import { ownView, type StepView } from "./step-view.ts";

const { usual, lives } = readLives();

/** Up to the first file that nginx refuses: the recorded controller only wrote it. */
function ownSteps({ case: one, steps }: RecordedLife): StepView[] {
  const views: StepView[] = [];
  for (const own of askOwn(one)) {
    if (own.outcome === "refused") break;
    views.push(ownView(own, steps[views.length]!, usual));
  }
  return views;
}

describe("recorded lives of the real ingress-nginx", () => {
  it("are many", () => {
    expect(lives.length).toBeGreaterThan(150);
  });

  it.each(lives.map((life): [number, RecordedLife] => [life.seed, life]))("seed %s is ours, too", (_, life) => {
    const own = ownSteps(life);
    expect(own).toEqual(life.steps.slice(0, own.length));
  });
});
