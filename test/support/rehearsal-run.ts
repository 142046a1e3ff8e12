/** Runs the real `rehearse` command as a process of its own, and reads what it leaves behind. */
import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { projectRoot } from '../../persistence/project-root.js'
import type { VillageFiles } from './rehearsal-village.js'

export interface Ran {
  readonly exitCode: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface AccountRow {
  readonly account_number: string
  readonly disposition: string
  readonly reasons: string
  readonly deadline: string
  readonly verdict: string
  readonly submitted_on: string
  readonly start_date: string
  readonly actual_start_date: string
}

export interface JournalEntry {
  readonly seq: number
  readonly kind: string
  readonly account_number: string | null
  readonly cohort: string | null
  readonly effective: string
  readonly recorded_at: string
  readonly clause: string | null
  readonly data: Readonly<Record<string, unknown>>
}

/** Of everything the command takes; without `--plan` it is mahomet. */
export function argumentsFor(files: VillageFiles, ...more: string[]): string[] {
  return [
    'rehearse',
    '--list',
    files.list,
    '--boundary',
    files.boundary,
    '--script',
    files.script,
    '--out',
    files.out,
    ...more,
  ]
}

export function meterhall(argv: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [join(projectRoot, 'bin/meterhall.mjs'), ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const written = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const)
    child[name].setEncoding('utf8').on('data', (text) => (written[name] += text))
  return new Promise((done, failed) => {
    child.once('error', failed)
    child.once('close', (exitCode) => done({ exitCode, ...written }))
  })
}

export function accountsIn(out: string): ReadonlyMap<string, AccountRow> {
  const rows = parse(readFileSync(join(out, 'accounts.csv'), 'utf8'), { columns: true }) as AccountRow[]
  return new Map(rows.map((row) => [row.account_number, row]))
}

export function journalIn(out: string): JournalEntry[] {
  return readFileSync(join(out, 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))
}

/** Paths of all files in a folder, relative to it. */
export function filesIn(folder: string): string[] {
  if (!existsSync(folder)) return []
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
}
