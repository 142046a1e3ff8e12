/** One sending of one file to a file party: claimed, handed over, recorded; an earlier attempt's remains are looked at, not guessed. */
import { randomUUID } from 'node:crypto'
import type { Occasion } from '../persistence/ledger/journal.js'
import { claimSending, markHandedOver, releaseClaim, settleSending } from '../persistence/ledger/sendings.js'
import type { ActivityContext } from './context.js'
import type { FileParty } from './file-party.js'

/** @returns whether the party has the file now; false when sending is stopped or a person has to decide. */
export async function deliverFile(
  context: ActivityContext,
  occasion: Occasion,
  party: FileParty,
  sendingId: number,
  file: { readonly name: string; readonly content: Uint8Array },
): Promise<boolean> {
  const { database } = context
  const token = randomUUID()
  const claim = await database.tx((trx) => claimSending(trx, sendingId, token))
  switch (claim.kind) {
    case 'settled':
      return claim.state === 'accepted'
    case 'stopped':
      return false
    case 'was-handed-over':
      return resolve(context, occasion, party, sendingId, token, file)
    case 'claimed':
      break
  }
  try {
    await party.deliver(file.name, file.content, async () => {
      const mine = await database.tx((trx) => markHandedOver(trx, sendingId, token, occasion.at))
      if (!mine) throw new Error('another attempt has taken this sending over')
    })
  } catch (error) {
    const found = await party.look(file.name, file.content.length)
    if (found !== 'whole') {
      // certainly not under its final name: the next attempt writes it again
      await database.tx((trx) => releaseClaim(trx, sendingId, token, 'the file could not be delivered'))
      throw error
    }
  }
  await database.tx((trx) => settleSending(trx, occasion, sendingId, token, 'accepted', 'renamed into place'))
  return true
}

async function resolve(context: ActivityContext, occasion: Occasion, party: FileParty, sendingId: number, token: string, file: { readonly name: string; readonly content: Uint8Array }): Promise<boolean> {
  const found = await party.look(file.name, file.content.length)
  if (found === 'unfinished') await party.finish(file.name)
  const known = found !== 'absent'
  const reply = known ? 'found at the party after an interruption' : 'an attempt was interrupted, and the party no longer shows the file'
  await context.database.tx((trx) => settleSending(trx, occasion, sendingId, token, known ? 'accepted' : 'unknown', reply))
  return known
}
