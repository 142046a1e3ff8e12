/** One sending of one file to a file party: claimed, handed over, recorded; an earlier attempt's remains are looked at, not guessed. */
import { randomUUID } from 'node:crypto'
import { stopForChangedKey } from '../persistence/ledger/changed-keys.js'
import type { Occasion } from '../persistence/ledger/journal.js'
import { claimSending, markHandedOver, releaseClaim, settleSending } from '../persistence/ledger/sendings.js'
import type { ActivityContext } from './context.js'
import { faultPoint } from './fault-point.js'
import { type FileParty, HostKeyChanged } from './file-party.js'

interface FileToSend {
  readonly name: string
  readonly content: Uint8Array
}

/** @returns whether the party has the file now; false when sending is stopped or a person has to decide. */
export async function deliverFile(
  context: ActivityContext,
  occasion: Occasion,
  party: FileParty,
  sendingId: number,
  file: FileToSend,
): Promise<boolean> {
  const token = randomUUID()
  const claim = await context.database.tx((trx) => claimSending(trx, sendingId, token))
  const attempt: Attempt = { context, occasion, party, sendingId, token, file }
  try {
    switch (claim.kind) {
      case 'settled':
        return claim.state === 'accepted'
      case 'stopped':
        return false
      case 'was-handed-over':
        return await resolve(attempt, 'an attempt was interrupted')
      case 'claimed':
        return await deliver(attempt)
    }
  } catch (error) {
    if (!(error instanceof HostKeyChanged)) throw error
    // whoever shows another key gets nothing, and a person is told
    await context.database.tx((trx) => stopForChangedKey(trx, occasion, sendingId))
    return false
  }
}

interface Attempt {
  readonly context: ActivityContext
  readonly occasion: Occasion
  readonly party: FileParty
  readonly sendingId: number
  readonly token: string
  readonly file: FileToSend
}

async function deliver(attempt: Attempt): Promise<boolean> {
  const { context, occasion, party, sendingId, token, file } = attempt
  faultPoint('sending.claimed')
  let handedOver = false
  try {
    await party.deliver(file.name, file.content, async () => {
      faultPoint('sending.written')
      const mine = await context.database.tx((trx) => markHandedOver(trx, sendingId, token, occasion.at))
      if (!mine) throw new Error('another attempt has taken this sending over')
      handedOver = true
      faultPoint('sending.handed-over')
    })
  } catch (error) {
    if (handedOver) return resolve(attempt, 'the connection ended while the file got its name')
    // not one byte counts before it is handed over: the next attempt writes it again
    await context.database.tx((trx) => releaseClaim(trx, sendingId, token, 'the file could not be delivered'))
    throw error
  }
  faultPoint('sending.delivered')
  await settle(attempt, 'accepted', 'renamed into place')
  return true
}

/** After handing over the party has the file under one of its two names, or has taken it: then nobody here can tell. */
async function resolve(attempt: Attempt, what: string): Promise<boolean> {
  const { party, file } = attempt
  const found = await party.look(file.name, file.content.length)
  if (found === 'unfinished') await party.finish(file.name)
  const known = found !== 'absent'
  await settle(
    attempt,
    known ? 'accepted' : 'unknown',
    known ? `${what}; found at the party` : `${what}, and the party no longer shows the file`,
  )
  return known
}

async function settle(
  { context, occasion, sendingId, token }: Attempt,
  state: 'accepted' | 'unknown',
  reply: string,
): Promise<void> {
  await context.database.tx((trx) => settleSending(trx, occasion, sendingId, token, state, reply))
  faultPoint('sending.recorded')
}
