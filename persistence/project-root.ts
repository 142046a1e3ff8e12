/**
 * The folder that holds package.json: plans, fonts, examples and the cache lie under it.
 * The same folder whether the code runs from its sources or from dist/.
 */
import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { invariant } from '../domain/invariant.js'

function findProjectRoot(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  while (!existsSync(join(folder, 'package.json'))) {
    const parent = dirname(folder)
    invariant(parent !== folder, 'the program lies in a folder with a package.json')
    folder = parent
  }
  return folder
}

export const projectRoot: string = findProjectRoot()

/** Files that can be fetched or made again; `METERHALL_CACHE` puts them elsewhere. */
export function cacheFolder(environment: NodeJS.ProcessEnv = process.env): string {
  return environment.METERHALL_CACHE || join(projectRoot, '.cache')
}
