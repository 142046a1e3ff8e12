/** The data request: its form made once, and its e-mail planned. */
import { join } from 'node:path'
import { dateIn } from '../domain/instant.js'
import { appendEvent, programEvents } from '../persistence/ledger/journal.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { planSending } from '../persistence/ledger/sendings.js'
import type { ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { renderDocument } from './documents/render.js'

/** Where the form lies; the e-mail and every reminder attach this very file. */
export function dataRequestFile(folder: string): string {
  return join(folder, 'documents', 'data-request.pdf')
}

/** Where the utility is asked to put the lists, in form and e-mail alike. */
export const LISTS_FOLDER = 'the folder "lists" of our account on your file server'

/** Idempotent: drafted once, its e-mail planned in the same transaction. */
export async function draftDataRequest(context: ActivityContext, call: ProgramCall): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const reference = `${call.programId}/data-request`
  await renderDocument({
    kind: 'data-request',
    file: dataRequestFile(context.folder),
    createdAt: call.asOf,
    date: dateIn(terms.zone, call.asOf),
    terms,
    deliverTo: LISTS_FOLDER,
    reference,
  })
  await database.tx(async (trx) => {
    if ((await programEvents(trx, call.programId, 'data-request-drafted')).length > 0) return
    await planSending(trx, {
      programId: call.programId,
      party: 'mail',
      kind: 'data-request',
      subject: 'data-request/1',
      messageId: reference,
    })
    const rule = terms.noticeFacts['listsRule']
    await appendEvent(trx, systemOccasion(call), {
      kind: 'data-request-drafted',
      clause: rule?.cite ?? terms.title,
      data: {},
    })
  })
}
