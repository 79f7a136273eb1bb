import type { Request } from "./scheduler.ts";

/**
 * A whole number from 0 up to below `count`, of one draw of the request's chance: `math.random(count) - 1` of Lua, which
 * multiplies and cuts.
 *
 * @throws as `draw`.
 */
export function drawBelow(request: Request, count: number, name: string): number {
  return Math.floor(draw(request, name) * count);
}

/**
 * The next number of the request's uniform stream, in [0, 1).
 *
 * @throws TypeError for a request without `random`, RangeError when that gives no number in [0, 1); `name` is the scheduler
 * that needs it.
 */
export function draw(request: Request, name: string): number {
  if (request.random === undefined) throw new TypeError(`${name} draws by chance: the request needs random()`);
  const number = request.random();
  if (typeof number === "number" && number >= 0 && number < 1) return number;
  throw new RangeError(`${name}: random() gives numbers from 0 to below 1, not ${number}`);
}
