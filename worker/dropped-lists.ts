/**
 * Customer lists that the utility leaves on its file server. Their files do not say whose they are: only when exactly one program waits
 * for a list can they be its list, and whatever was left to a person once is never taken by itself later.
 */
import type { FileParty, WaitingFile } from '../activities/file-party.js'
import type { Desk } from '../client/desk.js'
import { importList } from '../client/facts.js'
import { LIST_KINDS, type ListKind } from '../domain/account.js'
import { dateIn } from '../domain/instant.js'
import { sha256Of } from '../persistence/sha256-of.js'
import { isLeftToAPerson, leaveToAPerson, listsWith, programsWithoutList } from '../persistence/ledger/dropped-lists.js'
import { SYSTEM } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { listKindOf } from '../persistence/list-files/list-source.js'
import { NO_MAPPING } from '../persistence/list-mapping.js'

interface ListFile extends WaitingFile {
  readonly kind: ListKind
  readonly sha256: string
}

/** A list is complete when a file of every kind is there. @returns files that were taken away */
export async function lookForLists(desk: Desk, utility: FileParty, folder: string): Promise<number> {
  const found = (await utility.waiting(folder)).flatMap((file): ListFile[] => {
    const kind = listKindOf(file.name, NO_MAPPING)
    return kind === null ? [] : [{ ...file, kind, sha256: sha256Of(file.content) }]
  })
  if (found.length === 0) return 0
  const known = await listsWith(
    desk.database.kysely,
    found.map((file) => file.sha256),
  )
  // set aside by a look that died before it removed them
  const leftOver = found.filter((file) => file.path !== file.name && known.some((list) => list.has(file.sha256)))
  for (const file of leftOver) await utility.remove(folder, file)
  const files = found.filter((file) => !leftOver.includes(file))
  if (new Set(files.map((file) => file.kind)).size < LIST_KINDS.length) return leftOver.length
  // a list that a program has, whoever brought it, is no other program's
  const isStored = known.some((list) => files.every((file) => list.has(file.sha256)))
  if (!isStored && !(await giveToTheOneThatWaits(desk, files))) return leftOver.length
  for (const file of files) await utility.remove(folder, file)
  return found.length
}

/** False: they stay where they are. */
async function giveToTheOneThatWaits(desk: Desk, files: readonly ListFile[]): Promise<boolean> {
  const { kysely } = desk.database
  const fingerprint = sha256Of(Buffer.from(files.map((file) => file.sha256).join()))
  if (await isLeftToAPerson(kysely, fingerprint)) return false
  const waiting = await programsWithoutList(kysely)
  const [programId, ...others] = waiting
  // more than three are of more than one list
  if (programId === undefined || others.length > 0 || files.length > LIST_KINDS.length) {
    await desk.database.tx((trx) => leaveToAPerson(trx, { at: desk.now(), actor: SYSTEM }, fingerprint, waiting))
    return false
  }
  const program = await readProgram(kysely, desk.database, programId)
  const stored = await importList(
    desk,
    { programId, actor: SYSTEM, verbId: `inbox-list/${programId}/${fingerprint}` },
    { files, asOf: dateIn(program.terms.zone, desk.now()), source: 'utility file server', mapping: null },
  )
  return stored.ok
}
