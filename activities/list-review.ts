/** List review of a stored list: read, judged and written in chunks of accounts. */
import { reviewList as review } from '../domain/list-review.js'
import { parseBoundary } from '../persistence/list-files/boundary-file.js'
import { readCustomerList } from '../persistence/list-files/read-customer-list.js'
import { conventionsOf, listMappingShape, NO_MAPPING } from '../persistence/list-mapping.js'
import { readListFiles } from '../persistence/ledger/customer-lists.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { writeReviewedList } from '../persistence/ledger/reviewed-list.js'
import type { ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { afterChunk } from './fault-point.js'

export async function reviewList(
  context: ActivityContext,
  call: ProgramCall & { readonly listId: string },
): Promise<void> {
  const { database } = context
  const { terms, boundary } = await readProgram(database.kysely, database, call.programId)
  const list = await database.kysely
    .selectFrom('customer_list')
    .selectAll()
    .where('list_id', '=', call.listId)
    .executeTakeFirstOrThrow()
  if (list.state !== 'received') return
  const files = await readListFiles(database.kysely, call.listId)
  const mapping = list.mapping === null ? NO_MAPPING : listMappingShape.parse(list.mapping)
  const sources = (['fixed', 'supplier', 'hourly'] as const)
    .flatMap((kind) => files.filter((file) => file.kind === kind))
    .map((file) => ({ kind: file.kind, name: file.name, content: Buffer.from(file.content) }))
  const reviewed = await review(readCustomerList(sources, mapping), {
    terms,
    boundary: parseBoundary(boundary, 'the boundary file'),
    asOf: list.as_of,
    conventions: conventionsOf(mapping),
  })
  await writeReviewedList(
    database,
    systemOccasion(call),
    call.listId,
    reviewed,
    terms,
    afterChunk('review.chunk', context.heartbeat),
  )
}
