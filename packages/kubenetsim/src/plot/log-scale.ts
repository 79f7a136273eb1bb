/** A logarithmic axis: from whole decade to whole decade, mapped to a range of pixels. */
export interface LogScale {
  /** 1, 10, 100 … within the axis. */
  readonly decades: readonly number[];
  pixel(value: number): number;
}

/** The values must be positive; the axis covers all of them. */
export function logScale(values: readonly number[], fromPixel: number, toPixel: number): LogScale {
  const low = Math.floor(Math.log10(Math.min(...values)));
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(...values))));
  const decades = Array.from({ length: high - low + 1 }, (_, i) => 10 ** (low + i));
  return {
    decades,
    pixel: (value) => fromPixel + ((Math.log10(value) - low) / (high - low)) * (toPixel - fromPixel),
  };
}
