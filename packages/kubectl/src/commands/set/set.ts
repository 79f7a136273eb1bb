import type { Command } from "../command.ts";
import { unmodelled } from "../unmodelled.ts";
import { setEnv } from "./set-env.ts";
import { setImage } from "./set-image.ts";
import { setSelector } from "./set-selector.ts";
import { setServiceAccount } from "./set-service-account.ts";

const known = [setEnv, setImage, setSelector, setServiceAccount];

/** `kubectl set`. */
export const set: Command = {
  name: "set",
  short: "Set specific features on objects",
  usage: "SUBCOMMAND",
  subcommands: [
    setEnv,
    setImage,
    unmodelled("set resources", "Update resource requests/limits on objects with pod templates", () => known),
    setSelector,
    setServiceAccount,
    unmodelled(
      "set subject",
      "Update the user, group, or service account in a role binding or cluster role binding",
      () => known,
    ),
  ],
};
