/** The ledger's own proof: the conservation table, from the stored list files and the journal. */
import { reviewList } from '../domain/list-review.js'
import { accepted, refused } from '../domain/refusal.js'
import { newestList, readListFiles } from '../persistence/ledger/customer-lists.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { parseBoundary } from '../persistence/list-files/boundary-file.js'
import { readCustomerList } from '../persistence/list-files/read-customer-list.js'
import { conventionsOf, listMappingShape, NO_MAPPING } from '../persistence/list-mapping.js'
import { type Conservation, conservationOf } from './conservation.js'
import type { Answer, Desk } from './desk.js'

/** Reads the list that counts again from its bytes. */
export async function ledgerOf(desk: Desk, programId: string): Answer<Conservation> {
  const db = desk.database.kysely
  const program = await readProgram(db, desk.database, programId)
  const list = await newestList(db, programId)
  if (list === undefined || list.state === 'received')
    return refused(
      'NO_REVIEWED_LIST',
      'There is no reviewed list to balance against yet; import one, or wait for its review.',
    )
  const mapping = list.mapping === null ? NO_MAPPING : listMappingShape.parse(list.mapping)
  const files = await readListFiles(db, list.list_id)
  const sources = files.map((file) => ({ kind: file.kind, name: file.name, content: Buffer.from(file.content) }))
  const review = await reviewList(readCustomerList(sources, mapping), {
    terms: program.terms,
    boundary: parseBoundary(program.boundary, 'as started'),
    asOf: list.as_of,
    conventions: conventionsOf(mapping),
  })
  return accepted(await conservationOf(db, programId, new Set(review.accounts.map((account) => account.accountNumber))))
}
