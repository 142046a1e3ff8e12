/** Warnings of list review, gathered per file and kind, so that a list with a hundred thousand of them stays readable. */
import { WARNING_TEXTS, type WarningCode } from './list-row.js'

export interface ListWarning {
  readonly file: string
  readonly code: WarningCode
  /** Rows concerned. */
  readonly rows: number
  /** The first few of them, in file order. */
  readonly lines: readonly number[]
  readonly message: string
}

const LINES_SHOWN = 5

export interface WarningLog {
  add(code: WarningCode, at: { readonly file: string; readonly line: number }): void
  warnings(): ListWarning[]
}

export function warningLog(): WarningLog {
  const gathered = new Map<string, { file: string; code: WarningCode; rows: number; lines: number[] }>()
  return {
    add(code, { file, line }) {
      const key = `${code} ${file}`
      const entry = gathered.get(key) ?? { file, code, rows: 0, lines: [] }
      gathered.set(key, entry)
      entry.rows += 1
      if (entry.lines.length < LINES_SHOWN) entry.lines.push(line)
    },
    warnings: () => [...gathered.values()].map((entry) => ({ ...entry, message: sentence(entry) })),
  }
}

function sentence({
  file,
  code,
  rows,
  lines,
}: {
  file: string
  code: WarningCode
  rows: number
  lines: readonly number[]
}): string {
  const more = rows - lines.length
  const where =
    lines.length === 1 ? `line ${lines[0]}` : `lines ${lines.join(', ')}${more > 0 ? ` and ${more} more` : ''}`
  return `${file}, ${where}: ${WARNING_TEXTS[code]}.`
}
