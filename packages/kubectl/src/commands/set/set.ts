import { failure } from "../../command-error.ts";
import type { Command } from "../command.ts";
import { setEnv } from "./set-env.ts";
import { setImage } from "./set-image.ts";
import { setSelector } from "./set-selector.ts";
import { setServiceAccount } from "./set-service-account.ts";

/** `kubectl set`. */
export const set: Command = {
  name: "set",
  short: "Set specific features on objects",
  usage: "SUBCOMMAND",
  subcommands: [
    setEnv,
    setImage,
    notModelled("resources", "Update resource requests/limits on objects with pod templates"),
    setSelector,
    setServiceAccount,
    notModelled("subject", "Update the user, group, or service account in a role binding or cluster role binding"),
  ],
};

function notModelled(name: string, short: string): Command {
  return {
    name,
    short,
    takesAnything: true,
    run: () => {
      throw failure(`set ${name} is not modelled; known are: env, image, selector, serviceaccount`);
    },
  };
}
