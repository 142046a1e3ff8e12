/** A party whose server shows another host key than the pinned one: nothing is sent to it or read from it until a person has asked. */
import { appendEvent, type Occasion, type Trx } from './journal.js'
import type { Party } from './sendings.js'
import { setSwitch } from './stop-switches.js'
import { openWorkItems } from './work-items.js'

/** Stops the party and says so, once for as long as its work item is open. */
export async function stopForChangedKey(trx: Trx, occasion: Occasion, about: number | Party): Promise<void> {
  const party =
    typeof about === 'string'
      ? about
      : (await trx.selectFrom('sending').select('party').where('sending_id', '=', about).executeTakeFirstOrThrow())
          .party
  const message = `The file server of the ${party} shows another host key than the pinned one: call its owner, pin the new key when it is confirmed, then release it with: meterhall stop off ${party}`
  const open = await trx
    .selectFrom('work_item')
    .select('item_id')
    .where('program_id', '=', occasion.programId)
    .where('kind', '=', 'changed-host-key')
    .where('message', '=', message)
    .where('closed_at', 'is', null)
    .executeTakeFirst()
  if (open !== undefined) return
  await setSwitch(trx, occasion, party, true, 'its server shows another host key than the pinned one')
  await appendEvent(trx, occasion, {
    kind: 'program-alarm',
    data: { what: `the file server of the ${party} shows another host key than the pinned one` },
  })
  await openWorkItems(trx, occasion, [{ kind: 'changed-host-key', message }])
}
