/** Functional acknowledgments (997): the utility could read a file, or could not. */
import type { PlanTerms } from '../../domain/plan.js'
import { unmatched } from './answered-requests.js'
import { controlOf, recordArrived } from './interchanges.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { setSwitch } from './stop-switches.js'
import { openWorkItems } from './work-items.js'

export interface Acknowledgment {
  readonly gs06: number
  /** False: the utility could not read our group, so nothing in it was processed. */
  readonly accepted: boolean
  readonly why: string
}

export async function applyAcknowledgment(
  trx: Trx,
  occasion: Occasion,
  acknowledgment: Acknowledgment,
  terms: PlanTerms,
): Promise<void> {
  const row = await trx
    .selectFrom('interchange')
    .selectAll()
    .where('program_id', '=', occasion.programId)
    .where('gs06', '=', acknowledgment.gs06)
    .forUpdate()
    .executeTakeFirst()
  if (row === undefined) return unmatched(trx, occasion, 'an acknowledgment of a group we did not send')
  const control = controlOf(row.isa13)
  const { accepted, why } = acknowledgment
  if (row.state !== 'fixed' && row.state !== 'sent') {
    if (accepted === (row.state === 'acknowledged')) return
    const message = `The utility first said that it ${accepted ? 'could not' : 'could'} read file ${control} and now the opposite (${why}); ask which holds.`
    return openWorkItems(trx, occasion, [{ kind: 'unmatched-transaction', message, cohort: row.cohort }])
  }
  await recordArrived(trx, occasion, row.interchange_id, terms)
  // the next alarm of this file is about its answers
  await trx
    .updateTable('interchange')
    .set({ state: accepted ? 'acknowledged' : 'refused', alarmed: false })
    .where('interchange_id', '=', row.interchange_id)
    .execute()
  const kind = accepted ? 'interchange-acknowledged' : 'interchange-refused'
  await appendEvent(trx, occasion, { kind, cohort: row.cohort, data: { control, why } })
  if (accepted) return
  const message = `The utility could not read file ${control} (${why}); find the fault before anything else is sent.`
  await openWorkItems(trx, occasion, [{ kind: 'file-refused', message, cohort: row.cohort }])
  await setSwitch(trx, occasion, 'utility', true, `file ${control} was refused`)
}
