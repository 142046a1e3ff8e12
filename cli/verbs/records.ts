/** Records to hand over: the account table, the journal, and the list of open work items. */
import { once } from 'node:events'
import { createWriteStream, renameSync, rmSync, statSync } from 'node:fs'
import { finished } from 'node:stream/promises'
import { ACCOUNT_COLUMNS, type AccountPage, accountCells } from '../../client/account-table.js'
import type { JournalEntry } from '../../client/journal-page.js'
import type { OpenItem } from '../../client/work-items.js'
import type { VerbOptions } from '../command-options.js'
import { csvLine } from '../csv.js'
import { printProgress, printResult, UsageError } from '../output.js'
import { callVerb, programOf } from '../verb-call.js'
import { wrapped } from '../wrap.js'
import { itemLines } from './status.js'
import type { Options } from './typed.js'

/** Every listed account with where it stands, as CSV: of those to be enrolled, the roster. */
export async function accountsExport(options: Options<{ out: string }>): Promise<void> {
  const program = await programOf(options)
  const accounts = await writeWhole(options.out, async (write) => {
    await write(csvLine(ACCOUNT_COLUMNS))
    let count = 0
    for (let after: number | null = 0; after !== null; ) {
      const page: AccountPage = await callVerb<AccountPage>(options, 'accounts', { after }, program)
      for (const line of page.lines) await write(csvLine(accountCells(line)))
      count += page.lines.length
      after = page.after
      if (after !== null && page.lines.length > 0) printProgress(`${count} accounts …`)
    }
    return count
  })
  printResult(options, { out: options.out, accounts }, [`${accounts} accounts: ${options.out}`])
}

/** Every journal entry in order, one JSON document a line. */
export async function journalExport(options: Options<{ out: string }>): Promise<void> {
  const program = await programOf(options)
  const entries = await writeWhole(options.out, async (write) => {
    let count = 0
    for (let after: number | undefined = 0; after !== undefined; ) {
      const page: readonly JournalEntry[] = await callVerb<JournalEntry[]>(options, 'journal', { after }, program)
      for (const entry of page) await write(JSON.stringify(entry))
      count += page.length
      after = page.at(-1)?.seq
      if (after !== undefined) printProgress(`${count} entries …`)
    }
    return count
  })
  printResult(options, { out: options.out, entries }, [`${entries} entries: ${options.out}`])
}

export async function itemList(options: VerbOptions): Promise<void> {
  const program = await programOf(options)
  const items: OpenItem[] = []
  for (;;) {
    const page = await callVerb<OpenItem[]>(options, 'work-items', { after: items.length }, program)
    if (page.length === 0) break
    items.push(...page)
  }
  printResult(options, items, [
    items.length === 0 ? 'No work item is open.' : `${items.length} open work items, those due first`,
    ...items.flatMap((item) => [
      ...itemLines(item),
      ...(item.account === null ? [] : wrapped('      ', `meterhall case ${item.account}`)),
    ]),
    ...(items.length === 0 ? [] : ['Next: meterhall item close N --why "…"']),
  ])
}

/** Under another name until it is whole, readable by this account alone: it holds account numbers. */
async function writeWhole<T>(out: string, fill: (write: (line: string) => Promise<void>) => Promise<T>): Promise<T> {
  if (statSync(out, { throwIfNoEntry: false })?.isDirectory())
    throw new UsageError(`${out} is a folder; name a file with --out.`)
  const path = `${out}.new`
  const file = createWriteStream(path, { mode: 0o600 })
  const failed = once(file, 'error').then(([error]) => {
    throw new UsageError(
      `${out} cannot be written (${(error as NodeJS.ErrnoException).code}); name another with --out.`,
    )
  })
  failed.catch(() => {})
  const filled = fill(async (line) => {
    if (!file.write(`${line}\n`)) await once(file, 'drain')
  })
  try {
    const result = await Promise.race([filled, failed])
    file.end()
    await finished(file)
    renameSync(path, out)
    return result as T
  } catch (error) {
    filled.catch(() => {})
    file.destroy()
    rmSync(path, { force: true })
    throw error
  }
}
