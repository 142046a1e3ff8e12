/**
 * The workflows as one script for the sandbox, made once per content and kept in the cache folder.
 * An image ships the cache, so that production bundles nothing at start.
 */
import { createHash } from 'node:crypto'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { cacheFolder, projectRoot } from '../persistence/project-root.js'
import { failureConverterPath } from './payload-codec.js'

export interface WorkflowBundle {
  /** For `Worker.create({ workflowBundle })` and for replaying histories. */
  readonly code: string
}

/** Everything the sandbox can contain: a change in any of them makes another bundle. */
const SOURCE_FOLDERS = ['workflows', 'domain']

/** Takes a tenth of a second when cached, a few seconds when a source changed. */
export async function workflowBundle(cache = cacheFolder()): Promise<WorkflowBundle> {
  const path = join(cache, `workflow-bundle-${contentHash()}.js`)
  const cached = await readFile(path, 'utf8').catch(() => undefined)
  if (cached !== undefined) return { code: cached }
  const { bundleWorkflowCode, DefaultLogger } = await import('@temporalio/worker')
  const { code } = await bundleWorkflowCode({
    workflowsPath: join(projectRoot, 'workflows', 'index.ts'),
    // failures thrown by workflow code are written in the sandbox
    failureConverterPath,
    logger: new DefaultLogger('WARN'),
  })
  await keep(path, code)
  return { code }
}

/** A cache that cannot be written costs time at the next start, nothing else. */
async function keep(path: string, code: string): Promise<void> {
  const partial = `${path}.${process.pid}`
  try {
    mkdirSync(join(path, '..'), { recursive: true })
    await writeFile(partial, code)
    await rename(partial, path)
  } catch {
    await rm(partial, { force: true }).catch(() => {})
  }
}

/** The lock file stands for the SDK and the libraries that go into the bundle. */
function contentHash(): string {
  const files = SOURCE_FOLDERS.flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(folder, name)),
  )
  const hash = createHash('sha256')
  for (const file of [...files.sort(), 'worker/failure-converter.cjs', 'package-lock.json']) {
    hash
      .update(`${file}\0`)
      .update(readFileSync(join(projectRoot, file)))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 24)
}
