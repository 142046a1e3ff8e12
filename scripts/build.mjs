// Transpiles every TypeScript file to dist/, one for one. Types are checked apart (npm run typecheck).
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync, existsSync, renameSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const folders = [
  'domain',
  'edi',
  'workflows',
  'persistence',
  'activities',
  'client',
  'simulators',
  'worker',
  'web',
  'cli',
]
const dist = join(root, 'dist')

function sources(folder) {
  const found = []
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) found.push(...sources(path))
    else if (/\.tsx?$/.test(entry.name) && !entry.name.endsWith('.d.ts')) found.push(path)
  }
  return found
}

function fingerprint(files) {
  let newest = 0
  for (const file of files) newest = Math.max(newest, statSync(file).mtimeMs)
  return `${files.length} ${newest}`
}

/** Builds when a source is newer than the last build; returns whether it built. */
export async function ensureBuilt() {
  const files = folders
    .map((folder) => join(root, folder))
    .filter(existsSync)
    .flatMap(sources)
  const stamp = join(dist, '.stamp')
  const print = fingerprint(files)
  if (existsSync(stamp)) {
    const { readFileSync } = await import('node:fs')
    if (readFileSync(stamp, 'utf8') === print) return false
  }
  const { build } = await import('esbuild')
  const next = `${dist}.${process.pid}`
  await build({
    entryPoints: files,
    outdir: next,
    outbase: root,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    sourcemap: 'inline',
    jsx: 'automatic',
    jsxImportSource: 'hono/jsx',
    logLevel: 'warning',
  })
  mkdirSync(next, { recursive: true })
  writeFileSync(join(next, '.stamp'), print)
  const old = `${dist}.old.${process.pid}`
  if (existsSync(dist)) renameSync(dist, old)
  try {
    renameSync(next, dist)
  } catch (error) {
    // another process put its own build in place in the same moment; its content is the same
    if (!existsSync(stamp)) throw error
    rmSync(next, { recursive: true, force: true })
  }
  rmSync(old, { recursive: true, force: true })
  return true
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const built = await ensureBuilt()
  process.stderr.write(built ? `built ${relative(process.cwd(), dist) || dist}\n` : 'dist is up to date\n')
  // the first calc of a fresh clone is as quick as the second; a faulty plan is reported when it is used
  const { recallPlan } = await import('../dist/persistence/plan-cache.js')
  await recallPlan('mahomet').catch(() => {})
}
