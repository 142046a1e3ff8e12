/**
 * Where a rehearsal puts what it makes: a folder beside, under another name, until it is over; then in place of an earlier
 * rehearsal's. A folder with anything else in it is never touched.
 */
import { lstatSync, readdirSync } from 'node:fs'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join, relative, resolve } from 'node:path'
import { UsageError } from '../output.js'

/** A folder made by an earlier rehearsal bears this file and may be replaced. */
const MARK = '.meterhall-rehearsal'
/** All that a rehearsal makes; a file of the person's own beside it keeps the folder. */
const MADE = [
  ...[MARK, 'summary.json', 'timeline.txt', 'accounts.csv', 'problems.csv', 'journal.jsonl'],
  ...['letters', 'documents', 'edi', 'mail', 'histories'],
]

export interface OutputFolder {
  /** Made empty, for its owner alone: what is written here names accounts, and the letters people. */
  readonly folder: string
  /** Puts it under the name that was asked for. */
  putInPlace(): Promise<void>
  /** Takes away what was not put in place. */
  discard(): Promise<void>
}

/** @throws UsageError when the folder holds something that no rehearsal made, or one of the inputs. */
export function checkOutput(out: string, inputs: readonly string[]): void {
  const target = resolve(out)
  const names = namesIn(target)
  const foreign = names.filter((name) => !MADE.includes(name))
  if (foreign.length > 0 || (names.length > 0 && !names.includes(MARK))) {
    throw new UsageError(
      `The output folder ${target} holds something that no rehearsal made; name an empty or a new folder with --out.`,
    )
  }
  const inside = inputs.find((input) => !relative(target, resolve(input)).startsWith('..'))
  if (inside !== undefined) {
    throw new UsageError(
      `The input ${inside} lies in the output folder ${target}, which is replaced; name another with --out.`,
    )
  }
}

/** Nothing for a folder that is not there. */
function namesIn(target: string): string[] {
  try {
    lstatSync(target)
  } catch {
    return []
  }
  try {
    return readdirSync(target)
  } catch {
    throw new UsageError(`The output folder ${target} is not a folder that can be read; name another with --out.`)
  }
}

/** @throws UsageError when nothing can be written there. */
export async function openOutput(out: string): Promise<OutputFolder> {
  const target = resolve(out)
  const folder = `${target}.${process.pid}`
  const made = await mkdir(folder, { recursive: true, mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `The output folder ${target} cannot be made (${error.code}); name one with --out where you may write.`,
    )
  })
  await writeFile(join(folder, MARK), '')
  let isInPlace = false
  return {
    folder,
    async putInPlace() {
      await rm(target, { recursive: true, force: true })
      await rename(folder, target)
      isInPlace = true
    },
    async discard() {
      if (isInPlace) return
      await rm(folder, { recursive: true, force: true })
      // folders above it that were made for it
      if (made !== undefined && made !== folder && dirname(folder).startsWith(made))
        await rm(made, { recursive: true, force: true })
    },
  }
}
