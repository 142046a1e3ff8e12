/** pgbench on the ledger's own tables: what a reply writes, sent by a client in C. */
import { strict as assert } from 'node:assert'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import type { Findings } from '../contest.js'
import { finished } from '../in-process.js'
import { processorSecondsOf, serverProcess } from '../processor-time.js'
import type { PgbenchSettings } from './contest.js'
import { fillVillage, PROGRAM } from './sample-village.js'

const WHY = 'The reply was received 2027-03-10, on or before the deadline 2027-03-16.'

const RECEIPT = `insert into receipt (program_id, account_id, typed_account, channel, received_at, signed, verdict, why, clause, effect, recorded_at, actor)
  values ('${PROGRAM}', :account, lpad(:account::text, 10, '0'), 'web', now(), true, 'timely', '${WHY}', 'E.3', 'opted-out', now(), 'clerk')`

/** Each reply is of an account of its own: each client counts through its share of them. */
const NEXT_ACCOUNT = '\\set k :k + 1\n\\set account :client_id * :share + :k\n'

const SCRIPTS = {
  insert: `${NEXT_ACCOUNT}${RECEIPT};`,
  transaction: `${NEXT_ACCOUNT}begin;
select program_id, name, result from verb where verb_id = 'reply-' || :account;
select account_id, state, eligibility, cohort from account where program_id = '${PROGRAM}' and account_number = lpad(:account::text, 10, '0') for update;
select d.deadline from piece p join mailing_drop d using (program_id, cohort, drop_no)
  where p.account_id = :account and p.kind != 'undo' order by p.piece_id desc limit 1;
${RECEIPT} returning receipt_id \\gset
insert into event (program_id, cohort, account_id, kind, effective, recorded_at, actor, clause, data) values
  ('${PROGRAM}', 'initial', :account, 'receipt-recorded', now()::text, now(), 'clerk', 'E.3',
    jsonb_build_object('receipt', :receipt_id::text, 'channel', 'web', 'verdict', 'timely', 'why', '${WHY}')),
  ('${PROGRAM}', 'initial', :account, 'opted-out', now()::text, now(), 'clerk', 'E.3', jsonb_build_object('receipt', :receipt_id::text, 'channel', 'web'));
update account set state = 'opted-out' where account_id = :account;
select count(*) from work_item where program_id = '${PROGRAM}' and account_id = :account and closed_at is null;
insert into verb (verb_id, program_id, name, actor, at, result) values
  ('reply-' || :account, '${PROGRAM}', 'record-receipt', 'clerk', now(),
    jsonb_build_object('receipt', :receipt_id::text, 'verdict', 'timely', 'effect', 'opted-out', 'why', '${WHY}', 'clause', 'E.3'));
commit;`,
} as const satisfies Record<PgbenchSettings['script'], string>

export async function measure({ url, receipts, connections, script, bin }: PgbenchSettings): Promise<Findings> {
  const each = Math.ceil(receipts / connections)
  const warmUp = Math.ceil(each / 10)
  await fillVillage(url, (each + warmUp) * connections)
  const folder = mkdtempSync(join(tmpdir(), 'meterhall-pgbench-'))
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  try {
    const file = join(folder, 'reply.sql')
    writeFileSync(file, SCRIPTS[script])
    const run = async (times: number, after: number) => {
      const clients = ['-c', connections, '-j', 1, '-t', times].map(String)
      const given = ['-D', `k=${after}`, '-D', `share=${each + warmUp}`]
      const options = ['-n', '-M', 'prepared', '-f', file, ...given, ...clients, url]
      const { output, said, code } = await finished(join(bin, 'pgbench'), options)
      assert.equal(code, 0, said)
      return Number(/tps = ([\d.]+)/.exec(output)?.[1])
    }
    await run(warmUp, 0)
    const database = await serverProcess(client)
    // our own children are pgbench, when it has ended
    const before = processorSecondsOf([database, process.pid])
    const perSecond = await run(each, warmUp)
    const processor = processorSecondsOf([database, process.pid]) - before
    const { rows } = await client.query(
      'select count(*)::int as receipts, count(distinct account_id)::int as accounts from receipt',
    )
    const done = (each + warmUp) * connections
    assert.deepEqual(rows[0], { receipts: done, accounts: done })
    return { receipts: perSecond, 'receipts-cpu': (each * connections) / processor }
  } finally {
    await client.end()
    rmSync(folder, { recursive: true, force: true })
  }
}
