import { describe, expect, test } from 'vitest'
import { addMillis, instant } from '../../domain/instant.js'
import { type LedgerFigures, ledgerFigures } from '../../persistence/ledger/figures.js'
import type { NewRow } from '../../persistence/tables.js'
import { describeOnEachStore } from '../support/each-store.js'

const NOW = instant('2027-03-10T18:00:00Z')
const at = (hours: number) => addMillis(NOW, Math.round(hours * 3_600_000))
const SECOND = 1 / 3600

describeOnEachStore('figures of the ledger for monitoring', (store) => {
  const db = () => store.database().kysely
  const figures = async (name: keyof LedgerFigures, programId: string): Promise<Record<string, number>> => {
    const all = (await ledgerFigures(db(), NOW))[name]
    const own = all.filter((each) => each.programId === programId)
    return Object.fromEntries(own.map((each) => [each.label, each.count]))
  }
  const addRun = (row: Partial<NewRow<'run'>> & Pick<NewRow<'run'>, 'workflow_id' | 'program_id'>) =>
    db()
      .insertInto('run')
      .values({ kind: 'cohort', phase: '', waiting_for: '', next_due: null, busy: false, ended: false, ...row })
      .execute()
  const addItem = (row: Partial<NewRow<'work_item'>> & Pick<NewRow<'work_item'>, 'program_id' | 'kind'>) =>
    db()
      .insertInto('work_item')
      .values({ message: '', opened_at: NOW, alarmed: false, ...row })
      .execute()

  describe('what falls due', () => {
    test.each([
      ['a second before now', -SECOND, 'late'],
      ['now', 0, 'soon'],
      ['in exactly a day', 24, 'soon'],
      ['a second later than in a day', 24 + SECOND, 'neither'],
    ])('%s is counted as it should', async (name, hours, expected) => {
      const programId = `due ${name}`
      await addRun({ workflow_id: programId, program_id: programId, next_due: at(hours) })
      await addItem({ kind: 'commission-filing', program_id: programId, due_at: at(hours) })
      const one = { run: 1, 'work-item': 1 }
      expect(await figures('dueSoon', programId)).toEqual(expected === 'soon' ? one : {})
      expect(await figures('late', programId)).toEqual(expected === 'late' ? one : {})
    })

    test('a run that ended and an item that is closed are neither due nor late', async () => {
      await addRun({ workflow_id: 'over', program_id: 'over', next_due: at(-1), ended: true })
      await addItem({
        kind: 'commission-filing',
        program_id: 'over',
        due_at: at(-1),
        closed_at: NOW,
        closed_by: 'clerk',
      })
      expect(await figures('late', 'over')).toEqual({})
      expect(await figures('openWorkItems', 'over')).toEqual({})
    })
  })

  describe('sendings', () => {
    const addSending = async (programId: string, row: Partial<NewRow<'sending'>>) => {
      const values = {
        program_id: programId,
        party: 'mail',
        kind: 'k',
        subject: 's',
        message_id: `${programId} ${row.subject}`,
        attempt: 1,
      }
      const added = await db()
        .insertInto('sending')
        .values({ ...values, state: 'planned', ...row } as NewRow<'sending'>)
        .returning('sending_id')
        .executeTakeFirstOrThrow()
      return added.sending_id
    }

    test('an unknown one counts for its party until another replaces it', async () => {
      const id = await addSending('unknown', { subject: 'batch/1', party: 'mail-house', state: 'unknown' })
      await addSending('unknown', { subject: 'batch/2', party: 'mail-house', state: 'unknown' })
      await addSending('unknown', { subject: 'batch/3', party: 'mail-house', state: 'accepted' })
      expect(await figures('unknownSendings', 'unknown')).toEqual({ 'mail-house': 2 })
      await addSending('unknown', { subject: 'batch/1 again', party: 'mail-house', state: 'accepted', replaces: id })
      expect(await figures('unknownSendings', 'unknown')).toEqual({ 'mail-house': 1 })
    })
  })

  test('open work items count by kind, unmatched answers also by who sent them', async () => {
    for (const kind of ['unmatched-reply', 'unmatched-reply', 'unmatched-transaction', 'unsigned-card']) {
      await addItem({ kind, program_id: 'items' })
    }
    await addItem({ kind: 'unmatched-reply', program_id: 'items', closed_at: NOW })
    expect(await figures('openWorkItems', 'items')).toEqual({
      'unmatched-reply': 2,
      'unmatched-transaction': 1,
      'unsigned-card': 1,
    })
    expect(await figures('unmatchedReplies', 'items')).toEqual({ household: 2, utility: 1 })
  })

  test('a wake-up is outstanding until its run has read every fact, and not for a run that ended', async () => {
    await addRun({ workflow_id: 'behind', program_id: 'wake' })
    await addRun({ workflow_id: 'ended', program_id: 'wake', ended: true })
    const wake = { program_id: 'wake', due: 3, signalled: 3, seen: 2 }
    await db()
      .insertInto('wake')
      .values(['behind', 'ended', 'not started'].map((workflow_id) => ({ ...wake, workflow_id })))
      .execute()
    expect(await figures('wakeUps', 'wake')).toEqual({ run: 2 })
    await db().updateTable('wake').set({ seen: 3 }).where('workflow_id', '=', 'behind').execute()
    expect(await figures('wakeUps', 'wake')).toEqual({ run: 1 })
  })

  test('a stop switch counts while it is on', async () => {
    const common = { program_id: 'stop', why: 'w', actor: 'a', at: NOW }
    await db()
      .insertInto('stop_switch')
      .values([
        { ...common, party: 'utility', on: true },
        { ...common, party: 'mail', on: false },
      ])
      .execute()
    expect(await figures('stopped', 'stop')).toEqual({ utility: 1 })
  })

  describe('rejected enrollments by hours left to the cut-off', () => {
    const addAccount = async (programId: string) => {
      const list = { list_id: programId, program_id: programId, ordinal: 1, as_of: '2027-01-11', received_at: NOW }
      await db()
        .insertInto('customer_list')
        .values({ ...list, source: 'test', mapping: null, state: 'signed', counts: null } as NewRow<'customer_list'>)
        .onConflict((conflict) => conflict.doNothing())
        .execute()
      const row = {
        program_id: programId,
        list_id: programId,
        account_number: '0',
        list_kind: 'fixed',
        customer_name: '',
      }
      const { account_id } = await db()
        .insertInto('account')
        .values({
          ...{ ...row, service_address: '{}', mail_address: '{}', pipp: false, annual_kwh: 0 },
          ...{ eligibility: 'auto-enroll', state: 'rejected' },
        } as NewRow<'account'>)
        .returning('account_id')
        .executeTakeFirstOrThrow()
      return account_id
    }
    const addRequest = (programId: string, accountId: number, row: Partial<NewRow<'request'>>) => {
      const id = `${programId} ${row.service_point ?? '1'} ${row.attempt ?? 1}`
      const common = {
        program_id: programId,
        account_id: accountId,
        cohort: 'initial',
        service_point: '1',
        kind: 'enroll',
      }
      return db()
        .insertInto('request')
        .values({
          ...common,
          attempt: 1,
          lin01: id,
          bgn02: id,
          rate_code: '',
          bill_group: '1',
          state: 'rejected',
          ...row,
        } as NewRow<'request'>)
        .execute()
    }

    test.each([
      ['no cut-off', null, 'no-read'],
      ['a cut-off a second ago', -SECOND, 'passed'],
      ['a cut-off now', 0, '4'],
      ['four hours', 4, '4'],
      ['a second over four hours', 4 + SECOND, '24'],
      ['a day', 24, '24'],
      ['three days', 72, '72'],
      ['more than three days', 72 + SECOND, 'later'],
    ])('one with %s left', async (name, hours, label) => {
      const accountId = await addAccount(name)
      await addRequest(name, accountId, { cutoff_at: hours === null ? null : at(hours) })
      expect(await figures('rejects', name)).toEqual({})
      await addItem({ kind: 'enrollment-rejected', program_id: name, account_id: accountId })
      expect(await figures('rejects', name)).toEqual({ [label]: 1 })
    })

    test('counts each service point once, and no longer when it was requested again', async () => {
      const accountId = await addAccount('again')
      for (const service_point of ['1', '2']) {
        await addRequest('again', accountId, { service_point, cutoff_at: at(1) })
        await addItem({ kind: 'enrollment-rejected', program_id: 'again', account_id: accountId })
      }
      expect(await figures('rejects', 'again')).toEqual({ 4: 2 })
      await addRequest('again', accountId, { attempt: 2, state: 'planned' })
      expect(await figures('rejects', 'again')).toEqual({ 4: 1 })
    })
  })
})
