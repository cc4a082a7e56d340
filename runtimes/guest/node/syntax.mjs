// Finds where a syntax error is: of ES modules, Node itself tells the place only when it prints the error and ends.

import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { fileURLToPath } from "node:url";

import { codeFiles } from "./sources.mjs";

const FILES_MAX = 3;

/** `file:line` in one of the files that were saved last, since one of them it will be; empty where it is none. */
export function findSyntaxError(taskRoot) {
  const { NODE_OPTIONS: _, ...env } = process.env;
  const scripts = codeFiles(taskRoot).filter((file) => /\.[cm]?js$/.test(file));
  const age = new Map(scripts.map((file) => [file, statSync(file, { throwIfNoEntry: false })?.mtimeMs ?? 0]));
  scripts.sort((one, other) => age.get(other) - age.get(one));
  for (const file of scripts.slice(0, FILES_MAX)) {
    const checked = spawnSync(process.execPath, ["--check", file], { encoding: "utf8", env });
    const place = /^(.+):(\d+)$/m.exec(checked.stderr ?? "");
    if (checked.status && place) {
      return `${place[1].startsWith("file://") ? fileURLToPath(place[1]) : place[1]}:${place[2]}`;
    }
  }
  return "";
}
