/**
 * The same plan without reading it again: parsing and checking the files takes a third of a second, which `calc` does
 * not have. The checked terms are kept in the cache folder under the hash of everything they were made from.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { PlanTerms } from '../domain/plan.js'
import { cacheFolder, projectRoot } from './project-root.js'

/** What `readPlan` gives, with the same errors. A cache that is missing, broken or not writable is done without. */
export async function recallPlan(id: string): Promise<PlanTerms> {
  const folder = join(cacheFolder(), 'plans')
  const file = join(folder, `${fingerprint(id)}.json`)
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as PlanTerms
  } catch {
    const { readPlan } = await import('./plan-files.js')
    const plan = readPlan(id)
    keep(folder, file, JSON.stringify(plan))
    return plan
  }
}

/** Hash of the id, of every plan file and of the code that reads them. */
function fingerprint(id: string): string {
  const hash = createHash('sha256').update(JSON.stringify(id))
  const own = fileURLToPath(import.meta.url)
  for (const name of ['plan-files', 'plan-shapes', 'calendar-file']) {
    hash.update(readFileSync(own.replace(/plan-cache(?=\.[jt]s$)/, name)))
  }
  const plans = join(projectRoot, 'plans')
  const files = readdirSync(plans, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.yaml'))
  for (const name of files.sort()) hash.update(`${name}\n`).update(readFileSync(join(plans, name)))
  return hash.digest('hex')
}

/** Under another name first, so that nobody reads half a file. */
function keep(folder: string, file: string, text: string): void {
  try {
    mkdirSync(folder, { recursive: true })
    const draft = `${file}.${process.pid}`
    writeFileSync(draft, text)
    renameSync(draft, file)
  } catch {
    // the plan was read; keeping it is a convenience
  }
}
