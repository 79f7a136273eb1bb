import type { CostConstant, CostConstantName } from "./constants.ts";

/**
 * What counted work costs on one machine, and how that was found out. Ratios of the constants are safer to quote than their
 * values: another machine differs by small factors, and a rule's cost depends on what the caches hold.
 */
export interface CostModel {
  readonly name: string;
  /** With the versions of what was measured. */
  readonly kernel: string;
  /** Day of the measurement: `2026-11-23`. */
  readonly date: string;
  readonly machine: string;
  readonly method: string;
  /** Who measured, or where it is written. */
  readonly source: string;
  readonly constants: Readonly<Partial<Record<CostConstantName, CostConstant>>>;
  /** Why it has no constant for something. Where one is needed there is no estimate. */
  readonly lacks: Readonly<Partial<Record<CostConstantName, string>>>;
}
