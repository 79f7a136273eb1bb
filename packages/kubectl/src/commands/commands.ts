import type { Command } from "./command.ts";
import { create } from "./create/create.ts";
import { describe } from "./describe/describe.ts";
import { get } from "./get.ts";

/** Every command that there is. */
export const commands: readonly Command[] = [create, describe, get];
