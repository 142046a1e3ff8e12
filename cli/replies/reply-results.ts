/** What came of a file of replies: a file beside it with one line for each of its rows, for the same spreadsheet. */
import { writeFileSync } from 'node:fs'
import { basename, dirname, extname, join } from 'node:path'
import { csvLine } from '../csv.js'

export interface ReplyResult {
  /** Of the file that was read; its header is line 1. */
  readonly line: number
  /** Null: not recorded. */
  readonly receipt: string | null
  readonly verdict: string
  readonly effect: string
  readonly why: string
  readonly clause: string | null
}

const HEADER = ['line', 'receipt', 'verdict', 'effect', 'why', 'clause']

export function resultsPath(file: string): string {
  return join(dirname(file), `${basename(file, extname(file))}.results.csv`)
}

/** Says in one sentence where it lies, or why it could not be written: what was recorded stays recorded. */
export function writeResults(file: string, results: readonly ReplyResult[]): string {
  const path = resultsPath(file)
  const lines = [HEADER, ...results.map((row) => [row.line, row.receipt, row.verdict, row.effect, row.why, row.clause])]
  try {
    // with a byte order mark and Windows line ends a spreadsheet opens it as it is
    writeFileSync(path, `\uFEFF${lines.map((line) => `${csvLine(line)}\r\n`).join('')}`, { mode: 0o600 })
    return `Row by row: ${path}`
  } catch (error) {
    return `The results could not be written to ${path} (${(error as NodeJS.ErrnoException).code}); run it again where you may write.`
  }
}
