/** One e-mail of the program: what it says is made from its subject; claimed, handed over, recorded. */
import { randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { assertNever } from '../domain/invariant.js'
import type { PlanTerms } from '../domain/plan.js'
import { readProgram } from '../persistence/ledger/programs.js'
import { claimSending, markHandedOver, releaseClaim, settleSending } from '../persistence/ledger/sendings.js'
import type { ProgramCall } from '../workflows/ports.js'
import { type ActivityContext, systemOccasion } from './context.js'
import { dataRequestFile, LISTS_FOLDER } from './data-request.js'
import { faultPoint } from './fault-point.js'
import type { OutgoingMail } from './mail.js'

export async function sendMail(
  context: ActivityContext,
  call: ProgramCall & { readonly sendingId: number },
): Promise<void> {
  const { database } = context
  const { terms } = await readProgram(database.kysely, database, call.programId)
  const occasion = systemOccasion(call)
  const row = await database.kysely
    .selectFrom('sending')
    .selectAll()
    .where('sending_id', '=', call.sendingId)
    .executeTakeFirstOrThrow()
  const token = randomUUID()
  const claim = await database.tx((trx) => claimSending(trx, call.sendingId, token))
  if (claim.kind === 'settled' || claim.kind === 'stopped') return
  if (claim.kind === 'was-handed-over') {
    await database.tx((trx) =>
      settleSending(
        trx,
        occasion,
        call.sendingId,
        token,
        'unknown',
        'the sender stopped after handing over and before the reply',
      ),
    )
    return
  }
  faultPoint('mail.claimed')
  const outcome = await context.mail.send(await mailFor(context, terms, row.kind, row.message_id), async () => {
    faultPoint('mail.written')
    const mine = await database.tx((trx) => markHandedOver(trx, call.sendingId, token, call.asOf))
    if (!mine) throw new Error('another attempt has taken this sending over')
    faultPoint('mail.before-dot')
  })
  switch (outcome.kind) {
    case 'accepted':
    case 'refused':
    case 'unknown':
      faultPoint('mail.after-reply')
      await database.tx((trx) => settleSending(trx, occasion, call.sendingId, token, outcome.kind, outcome.reply))
      faultPoint('mail.recorded')
      return
    case 'not-sent':
      await database.tx((trx) => releaseClaim(trx, call.sendingId, token, outcome.reply))
      throw new Error(`the e-mail was not sent and is tried again: ${outcome.reply}`)
    default:
      assertNever(outcome)
  }
}

async function mailFor(
  context: ActivityContext,
  terms: PlanTerms,
  kind: string,
  messageId: string,
): Promise<OutgoingMail> {
  const { settings } = context
  const reminder = kind === 'data-request-reminder'
  const form = await readFile(dataRequestFile(context.folder))
  return {
    messageId,
    from: settings.mailFrom,
    to: settings.utilityMail,
    subject: `${reminder ? 'Reminder: customer lists' : 'Customer lists'} for the ${terms.aggregator.name} electricity aggregation`,
    text: [
      `To ${terms.utility.name}:`,
      '',
      reminder
        ? `We asked for the customer lists of ${terms.aggregator.name} and have not received them. The request is attached again.`
        : `Attached is the request of ${terms.aggregator.name} for the three customer lists of its area, with its authority.`,
      `Please put the three list files into ${LISTS_FOLDER}.`,
      '',
      `${terms.aggregator.signatory.name}, ${terms.aggregator.signatory.title}`,
      ...terms.aggregator.addressLines,
    ].join('\n'),
    attachments: [{ filename: 'data-request.pdf', content: form }],
  }
}
