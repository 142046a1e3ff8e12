/**
 * Sendings: planned → claimed → handed over → accepted, refused or unknown.
 *
 * Before `handed-over` a crash or an error is safe to repeat. After it only a definite reply counts; anything else is `unknown`,
 * listed for a person and never sent again by itself. The stop switch is read inside the claim's transaction.
 */
import type { Instant } from '../../domain/instant.js'
import type { Row } from '../tables.js'
import { appendEvent, type Occasion, type Trx } from './journal.js'
import { closeItemsAbout, openWorkItems } from './work-items.js'

export type Party = 'mail' | 'mail-house' | 'utility'

export interface NewSending {
  readonly programId: string
  readonly party: Party
  readonly kind: string
  /** What is sent, for example `batch/12`; planned once for ever. */
  readonly subject: string
  /** Deterministic; evidence in relay logs. */
  readonly messageId: string
  readonly contentSha256?: string | null
}

/** What goes out of a print batch, in this order: the letters, and the manifest that makes them complete. */
export function batchSubjects(batchId: number): readonly [letters: string, manifest: string] {
  return [`batch-letters/${batchId}`, `batch/${batchId}`]
}

export function interchangeSubject(interchangeId: number): string {
  return `interchange/${interchangeId}`
}

/** Plans it once; returns the id of the one planned before when there is one, the newest when a person sent it again. */
export async function planSending(trx: Trx, sending: NewSending): Promise<number> {
  const before = await trx
    .selectFrom('sending')
    .select('sending_id')
    .where('program_id', '=', sending.programId)
    .where('subject', '=', sending.subject)
    .orderBy('sending_id', 'desc')
    .executeTakeFirst()
  if (before !== undefined) return before.sending_id
  const row = await trx
    .insertInto('sending')
    .values({
      program_id: sending.programId,
      party: sending.party,
      kind: sending.kind,
      subject: sending.subject,
      content_sha256: sending.contentSha256 ?? null,
      message_id: sending.messageId,
      state: 'planned',
      attempt: 0,
    })
    .returning('sending_id')
    .executeTakeFirstOrThrow()
  return row.sending_id
}

export type Claim =
  | { readonly kind: 'claimed'; readonly attempt: number }
  /** An earlier attempt died between handing over and recording: ask the other side what it has, or call it unknown. */
  | { readonly kind: 'was-handed-over'; readonly attempt: number }
  /** Nothing to do: it is over, or its outcome is unknown and a person decides. */
  | { readonly kind: 'settled'; readonly state: 'accepted' | 'refused' | 'unknown' }
  | { readonly kind: 'stopped' }

/**
 * Takes the sending for this attempt. A claim of an earlier attempt is taken over at once: its holder can no longer hand over,
 * because that asks for the token that is replaced here.
 * @param token made by the caller, unique
 */
export async function claimSending(trx: Trx, sendingId: number, token: string): Promise<Claim> {
  const row = await trx
    .selectFrom('sending')
    .selectAll()
    .where('sending_id', '=', sendingId)
    .forUpdate()
    .executeTakeFirstOrThrow()
  if (row.state === 'accepted' || row.state === 'refused' || row.state === 'unknown')
    return { kind: 'settled', state: row.state }
  const stop = await trx
    .selectFrom('stop_switch')
    .select('on')
    .where('program_id', '=', row.program_id)
    .where('party', 'in', [row.party, 'all'])
    .where('on', '=', true)
    .executeTakeFirst()
  if (stop !== undefined) return { kind: 'stopped' }
  if (row.state === 'handed-over') {
    await trx.updateTable('sending').set({ token }).where('sending_id', '=', sendingId).execute()
    return { kind: 'was-handed-over', attempt: row.attempt }
  }
  const attempt = row.attempt + 1
  await trx
    .updateTable('sending')
    .set({ state: 'claimed', attempt, token })
    .where('sending_id', '=', sendingId)
    .execute()
  return { kind: 'claimed', attempt }
}

/** The point of no return: commit this before the last byte that makes the other side responsible. */
export async function markHandedOver(trx: Trx, sendingId: number, token: string, at: Instant): Promise<boolean> {
  const row = await trx
    .updateTable('sending')
    .set({ state: 'handed-over', handed_over_at: at })
    .where('sending_id', '=', sendingId)
    .where('token', '=', token)
    .where('state', '=', 'claimed')
    .returning('sending_id')
    .executeTakeFirst()
  return row !== undefined
}

/** Gives a claim back after a failure that certainly sent nothing. */
export async function releaseClaim(trx: Trx, sendingId: number, token: string, reply: string): Promise<void> {
  await trx
    .updateTable('sending')
    .set({ state: 'planned', token: null, reply })
    .where('sending_id', '=', sendingId)
    .where('token', '=', token)
    .where('state', 'in', ['claimed', 'handed-over'])
    .execute()
}

/** The party answered what was sent, so it has it, whatever became of the attempt; nobody has to decide about it any more. */
export async function settleByAnswer(trx: Trx, occasion: Occasion, subject: string): Promise<void> {
  await trx
    .updateTable('sending')
    .set({ state: 'accepted', reply: 'answered by the party', done_at: occasion.at })
    .where('program_id', '=', occasion.programId)
    .where('subject', '=', subject)
    .where('state', 'in', ['claimed', 'handed-over', 'unknown'])
    .execute()
  const item = { kind: 'sending-unknown', cohort: null, message: unknownMessage(subject) }
  await closeItemsAbout(trx, occasion, item, 'the party answered, so it has it')
}

function unknownMessage(subject: string): string {
  return `Nobody can tell whether ${subject} reached the party: treat it as sent, or send it again and accept a possible duplicate.`
}

/**
 * Does nothing when another attempt has settled it.
 * @param reply the other side's words, or ours for an unknown outcome; never a name or an address
 */
export async function settleSending(
  trx: Trx,
  occasion: Occasion,
  sendingId: number,
  token: string,
  state: 'accepted' | 'refused' | 'unknown',
  reply: string,
): Promise<void> {
  const row = await trx
    .updateTable('sending')
    .set({ state, reply, done_at: occasion.at })
    .where('sending_id', '=', sendingId)
    .where('token', '=', token)
    .where('state', 'in', ['claimed', 'handed-over'])
    .returning(['party', 'kind', 'subject'])
    .executeTakeFirst()
  if (row === undefined) return
  if (state === 'accepted') return noteAccepted(trx, occasion, row)
  if (state === 'unknown')
    await appendEvent(trx, occasion, { kind: 'sending-unknown', data: { party: row.party, subject: row.subject } })
  await openWorkItems(trx, occasion, [{ kind: `sending-${state}`, message: whatToDecide({ ...row, state, reply }) }])
}

/** What the journal tells of a sending that arrived, beside what its own batch or file records. */
export async function noteAccepted(trx: Trx, occasion: Occasion, sending: Pick<Row<'sending'>, 'kind'>): Promise<void> {
  if (sending.kind !== 'data-request') return
  await appendEvent(trx, occasion, { kind: 'data-request-sent', clause: '83 Ill. Adm. Code 470.100(a)', data: {} })
}

/** The words of the work item about a sending that waits for a person. */
export function whatToDecide(sending: Pick<Row<'sending'>, 'party' | 'subject' | 'state' | 'reply'>): string {
  return sending.state === 'unknown'
    ? unknownMessage(sending.subject)
    : `The ${sending.party} refused ${sending.subject}: ${sending.reply}`
}
