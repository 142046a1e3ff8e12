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

interface Kept {
  readonly fingerprint: string
  readonly plan: PlanTerms
}

const PLAN_NAME = /^[a-z0-9][a-z0-9-]*$/

/** What `readPlan` gives, with the same errors. A copy that is missing, stale, broken or not writable is done without. */
export async function recallPlan(id: string): Promise<PlanTerms> {
  const folder = join(cacheFolder(), 'plans')
  const now = fingerprint()
  // the name may come from outside and is part of a path
  const kept = PLAN_NAME.test(id) ? findKept(join(folder, `${id}.json`)) : null
  if (kept?.fingerprint === now) return kept.plan
  const { readPlan } = await import('./plan-files.js')
  const plan = readPlan(id)
  keep(folder, id, { fingerprint: now, plan })
  return plan
}

function findKept(path: string): Kept | null {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Kept
  } catch {
    return null
  }
}

/** Hash of every plan file and of the code that reads them. */
function fingerprint(): string {
  const hash = createHash('sha256')
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
function keep(folder: string, id: string, kept: Kept): void {
  try {
    mkdirSync(folder, { recursive: true })
    const draft = join(folder, `${id}.${process.pid}.draft`)
    writeFileSync(draft, JSON.stringify(kept))
    renameSync(draft, join(folder, `${id}.json`))
  } catch {
    // the plan was read; keeping it is a convenience
  }
}
