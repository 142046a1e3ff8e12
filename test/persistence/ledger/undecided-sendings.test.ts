import { describe, expect, test } from 'vitest'
import { INITIAL_COHORT } from '../../../domain/run-ids.js'
import type { CohortDuty } from '../../../domain/run-duties.js'
import { readCohortAgenda } from '../../../persistence/ledger/cohort-agenda.js'
import { readCycleAgenda } from '../../../persistence/ledger/cycle-agenda.js'
import { claimSending, markHandedOver, planSending, settleSending } from '../../../persistence/ledger/sendings.js'
import { resolveSending, type SendingChoice } from '../../../persistence/ledger/undecided-sendings.js'
import type { Row } from '../../../persistence/tables.js'
import { describeOnEachStore } from '../../support/each-store.js'
import { DAYS, granted, villageAt } from './phases.js'
import { occasion, verb, type Village } from './village.js'
import { eventsOf, openItems } from './where-they-stand.js'

describeOnEachStore('sendings that wait for a person', (store) => {
  /** An e-mail whose outcome nobody knows, or which the relay refused. */
  async function undecided(state: 'unknown' | 'refused' = 'unknown'): Promise<{ village: Village; id: number }> {
    const village = await villageAt(store.database(), 'started')
    const id = await plan(village, 'data-request', 'data-request/1', 'mail')
    await end(village, id, state)
    return { village, id }
  }

  async function plan(
    village: Village,
    kind: string,
    subject: string,
    party: Row<'sending'>['party'],
  ): Promise<number> {
    const { programId } = village
    return village.database.tx((trx) =>
      planSending(trx, { programId, party, kind, subject, messageId: `${programId}/${subject}` }),
    )
  }

  async function end(village: Village, id: number, state: 'accepted' | 'unknown' | 'refused'): Promise<void> {
    await village.database.tx((trx) => claimSending(trx, id, `token-${id}`))
    await village.database.tx((trx) => markHandedOver(trx, id, `token-${id}`, DAYS.start))
    await village.database.tx((trx) =>
      settleSending(trx, occasion(village, DAYS.start), id, `token-${id}`, state, 'the reply'),
    )
  }

  async function decide(village: Village, id: number, choice: SendingChoice, asked = verb(village, DAYS.start)) {
    return village.database.tx((trx) => resolveSending(trx, asked, id, choice))
  }

  async function rows(village: Village): Promise<Row<'sending'>[]> {
    return village.database.kysely
      .selectFrom('sending')
      .selectAll()
      .where('program_id', '=', village.programId)
      .orderBy('sending_id')
      .execute()
  }

  async function mailDue(village: Village): Promise<number[]> {
    const { due } = await village.database.tx((trx) =>
      readCycleAgenda(trx, village.programId, 'term', DAYS.start, village.terms),
    )
    return due.flatMap((step) => (step.kind === 'send-mail' ? [step.sendingId] : []))
  }

  async function cohortDue(village: Village): Promise<readonly CohortDuty[]> {
    const { due } = await village.database.tx((trx) =>
      readCohortAgenda(trx, village.programId, INITIAL_COHORT, DAYS.handOver, village.terms),
    )
    return due
  }

  const refusal = (outcome: Awaited<ReturnType<typeof decide>>) => (outcome.ok ? 'granted' : outcome.refusal.code)

  describe('performance §7: an unknown sending is never repeated by itself', () => {
    test('it is not due, and planning its subject again plans nothing', async () => {
      const { village, id } = await undecided()
      expect(await mailDue(village)).toEqual([])
      expect(await plan(village, 'data-request', 'data-request/1', 'mail')).toBe(id)
      expect(await openItems(village)).toEqual(['sending-unknown'])
    })

    test('treated as sent it is accepted, with the name of who said so, and its work item is done', async () => {
      const { village, id } = await undecided()
      expect(granted(await decide(village, id, 'treat-as-sent', verb(village, DAYS.start, 'village clerk')))).toEqual({
        sending: id,
      })
      expect(await rows(village)).toMatchObject([{ state: 'accepted', replaces: null }])
      expect(
        (await eventsOf(village, 'sending-decided')).map(({ actor, data }) => [actor, data.person, data.subject]),
      ).toEqual([['village clerk', 'village clerk', 'data-request/1']])
      expect(await eventsOf(village, 'data-request-sent')).toHaveLength(1)
      expect(await openItems(village)).toEqual([])
      expect(await mailDue(village)).toEqual([])
    })

    test('sent again it is a new sending of the same content that names the old one, due at once under a Message-ID of its own', async () => {
      const { village, id } = await undecided()
      const { sending } = granted(await decide(village, id, 'send-again'))
      expect(await mailDue(village)).toEqual([sending])
      expect(await rows(village)).toMatchObject([
        { sending_id: id, state: 'unknown', message_id: `${village.programId}/data-request/1` },
        {
          sending_id: sending,
          state: 'planned',
          replaces: id,
          subject: 'data-request/1',
          message_id: `${village.programId}/data-request/1/again-1`,
        },
      ])
      expect(await plan(village, 'data-request', 'data-request/1', 'mail')).toBe(sending)
      expect(await openItems(village)).toEqual([])
    })

    test('unknown again and sent again: each names the one before', async () => {
      const { village, id } = await undecided()
      const second = granted(await decide(village, id, 'send-again')).sending
      await end(village, second, 'unknown')
      const third = granted(await decide(village, second, 'send-again')).sending
      expect((await rows(village)).map((row) => [row.replaces, row.message_id.split('/').at(-1)])).toEqual([
        [null, '1'],
        [id, 'again-1'],
        [second, 'again-2'],
      ])
      await end(village, third, 'accepted')
      expect(await mailDue(village)).toEqual([])
    })
  })

  describe('what cannot be decided is refused with the reason', () => {
    test.each<[string, 'accepted' | 'planned', string]>([
      ['one that was accepted', 'accepted', 'SENDING_DECIDED'],
      ['one that was not sent yet', 'planned', 'SENDING_DECIDED'],
    ])('%s', async (_name, state, code) => {
      const village = await villageAt(store.database(), 'started')
      const id = await plan(village, 'data-request', 'data-request/1', 'mail')
      if (state === 'accepted') await end(village, id, 'accepted')
      expect(refusal(await decide(village, id, 'send-again'))).toBe(code)
      expect(refusal(await decide(village, id, 'treat-as-sent'))).toBe(code)
    })

    test('one that was sent again already, whatever the second person wants', async () => {
      const { village, id } = await undecided()
      granted(await decide(village, id, 'send-again'))
      expect(refusal(await decide(village, id, 'send-again'))).toBe('SENDING_DECIDED')
      expect(refusal(await decide(village, id, 'treat-as-sent'))).toBe('SENDING_DECIDED')
      expect(await rows(village)).toHaveLength(2)
    })

    test('one of another program, or none', async () => {
      const { id } = await undecided()
      const other = await villageAt(store.database(), 'started')
      expect(refusal(await decide(other, id, 'send-again'))).toBe('NO_SUCH_SENDING')
      expect(refusal(await decide(other, 999_999, 'send-again'))).toBe('NO_SUCH_SENDING')
    })

    test('what a party refused did not arrive; it can only be sent again', async () => {
      const { village, id } = await undecided('refused')
      expect(refusal(await decide(village, id, 'treat-as-sent'))).toBe('SENDING_REFUSED')
      expect(await openItems(village)).toEqual(['sending-refused'])
      const { sending } = granted(await decide(village, id, 'send-again'))
      expect(await mailDue(village)).toEqual([sending])
      expect(await openItems(village)).toEqual([])
    })

    test('asked twice under one id it is decided once, with the first answer', async () => {
      const { village, id } = await undecided()
      const asked = verb(village, DAYS.start)
      const first = granted(await decide(village, id, 'send-again', asked))
      expect(granted(await decide(village, id, 'send-again', asked))).toEqual(first)
      expect(await rows(village)).toHaveLength(2)
    })
  })

  describe('a batch whose letters or manifest are unknown', () => {
    test.each(['batch-letters', 'batch'])('%s: it waits, and goes on once a person has decided', async (part) => {
      const village = await villageAt(store.database(), 'approved')
      const [batch] = await village.database.kysely
        .selectFrom('print_batch')
        .select('batch_id')
        .where('program_id', '=', village.programId)
        .orderBy('batch_id')
        .execute()
      const id = await plan(village, 'notice', `${part}/${batch?.batch_id}`, 'mail-house')
      const batchesDue = async () =>
        (await cohortDue(village)).flatMap((step) => (step.kind === 'print-batches' ? step.batches : []))
      expect(await batchesDue()).toContain(batch?.batch_id)
      await end(village, id, 'unknown')
      expect(await batchesDue()).not.toContain(batch?.batch_id)
      granted(await decide(village, id, 'send-again'))
      expect(await batchesDue()).toContain(batch?.batch_id)
    })
  })
})
