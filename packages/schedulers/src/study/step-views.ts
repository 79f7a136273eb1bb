import type { Views } from "@kubenetsim/display/display";
import { figureWith, pre } from "@kubenetsim/display/html";
import type { Step } from "../balance.ts";
import type { StepOptions } from "./step-rows.ts";
import { stepSvg } from "./step-svg.ts";
import { stepTable } from "./step-table.ts";

/** Steps that are shown: the newest. How many came before is said. */
export const shownSteps = 24;

/** What is shown of a `Balance`. */
export interface ShownBalance {
  readonly scheduler: { readonly name: string };
  readonly steps: readonly Step[];
}

/** How a lesson is shown: its steps, pick by pick, and the state after each; the last one's is the state now. */
export const balanceViews: Views<ShownBalance> = {
  text,
  svg,
  html: (lesson) => figureWith(svg(lesson), "as a table", pre(text(lesson))),
};

function text(lesson: ShownBalance): string {
  return `${titleOf(lesson)}\n${stepTable(...shownOf(lesson))}\n`;
}

function svg(lesson: ShownBalance): string {
  const [steps, options] = shownOf(lesson);
  return stepSvg(steps, { ...options, title: titleOf(lesson) });
}

function shownOf({ steps }: ShownBalance): [steps: readonly Step[], options: StepOptions] {
  return [steps.slice(-shownSteps), { first: Math.max(0, steps.length - shownSteps) }];
}

function titleOf({ scheduler, steps }: ShownBalance): string {
  const before = steps.length - shownSteps;
  return before > 0
    ? `${scheduler.name}: the last ${shownSteps} of ${steps.length} steps`
    : `${scheduler.name}, step by step`;
}
