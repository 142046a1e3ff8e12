// Starts the benchmarks: transpiles them beside a copy of the program, so that nothing changes under a run that takes minutes.
import { readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { ensureBuilt } from '../../scripts/build.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const program = [
  'domain',
  'edi',
  'workflows',
  'persistence',
  'activities',
  'client',
  'worker',
  'web',
  'cli',
  'simulators',
]
const tests = ['test/bench', 'test/support', 'test/edi', 'test/activities/documents']
const copy = join(root, '.cache', `bench.${process.pid}`)

const sources = [...program, ...tests].flatMap((folder) =>
  readdirSync(join(root, folder), { recursive: true })
    .filter((name) => /\.tsx?$/.test(name) && !/\.(?:d|test)\.tsx?$/.test(name))
    .map((name) => join(root, folder, name)),
)

// letters are printed by the render thread of dist/
await ensureBuilt()
await build({
  entryPoints: sources,
  outdir: copy,
  outbase: root,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  jsx: 'automatic',
  jsxImportSource: 'hono/jsx',
  logLevel: 'warning',
})
try {
  const { main } = await import(pathToFileURL(join(copy, 'test/bench/bench.js')).href)
  process.exitCode = await main(process.argv.slice(2))
} finally {
  rmSync(copy, { recursive: true, force: true })
}
