// Notices that code was saved while it was loaded: then one module is of this save and another of the next, or half a
// file was read, and nothing may run on such a mixture.

import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const CODE = /\.([cm]?js|json|node|wasm)$/;
const FILES_MAX = 2_000;
// Who has just saved one file may be about to save another. Less than what the host's watcher waits for.
const QUIET_MS = 30;

/** The files below `folder` that Node may load, installed packages left aside. */
export function codeFiles(folder) {
  const found = [];
  const folders = [folder];
  for (const current of folders) {
    for (const entry of entriesOf(current)) {
      const path = join(current, entry.name);
      if (entry.isDirectory()) {
        if (entry.name !== "node_modules" && !entry.name.startsWith(".")) folders.push(path);
      } else if (CODE.test(entry.name)) {
        found.push(path);
      }
    }
    if (found.length >= FILES_MAX) break;
  }
  return found.slice(0, FILES_MAX);
}

export class Sources {
  #root;
  #stamps;

  constructor(root) {
    this.#root = root;
    this.#stamps = stampsOf(root).text;
  }

  /** Whether everything is as it was; waits until nothing is so young that a save may be under way. */
  async haveHeldStill() {
    const age = Date.now() - stampsOf(this.#root).youngestMs;
    if (age >= 0 && age < QUIET_MS) await pause(QUIET_MS - age);
    return stampsOf(this.#root).text === this.#stamps;
  }
}

function stampsOf(root) {
  let youngestMs = 0;
  const lines = codeFiles(root).map((path) => {
    const stats = statSync(path, { throwIfNoEntry: false });
    if (!stats) return `${path} gone`;
    youngestMs = Math.max(youngestMs, stats.ctimeMs);
    return `${path} ${stats.mtimeMs} ${stats.ctimeMs} ${stats.size} ${stats.ino}`;
  });
  return { text: lines.join("\n"), youngestMs };
}

function entriesOf(folder) {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch {
    return []; // gone, or not ours to read
  }
}
