/**
 * Named places at which a drill ends this process, as a power cut would; docs/drills.md says what has to hold after each.
 *
 * In production nothing is named: a passage costs one comparison.
 */

export const FAULT_POINTS = [
  'agenda.read',
  'cohort.chunk',
  'review.chunk',
  'drops.chunk',
  'evidence.chunk',
  'freeze.chunk',
  'mail.claimed',
  'mail.written',
  'mail.before-dot',
  'mail.after-reply',
  'mail.recorded',
  'sending.claimed',
  'sending.written',
  'sending.handed-over',
  'sending.delivered',
  'sending.recorded',
  'batch.rendered',
  'batch.recorded',
  'batch.delivered',
  'batch.handed-over',
  'interchange.fixed',
  'interchange.delivered',
  'interchange.recorded',
  'inbox.stored',
  'inbox.removed',
  'inbox.started',
  'inbox.chunk',
] as const
export type FaultPoint = (typeof FAULT_POINTS)[number]

/** `name` or `name:nth`, the nth passage of this process counting from 1. */
const [named, nth = '1'] = (process.env['METERHALL_FAULT_POINT'] ?? '').split(':')
if (named !== '' && !(FAULT_POINTS as readonly (string | undefined)[]).includes(named)) {
  throw new Error(
    `METERHALL_FAULT_POINT names no fault point; docs/drills.md lists them, and production leaves it unset.`,
  )
}
let passages = 0

/** Does nothing, unless this very point was named in the environment: then the process is gone at the nth passage. */
export function faultPoint(point: FaultPoint): void {
  if (point !== named) return
  passages += 1
  if (passages === Number(nth)) process.kill(process.pid, 'SIGKILL')
}

/** A sign of life after a chunk, and the point behind it. */
export function afterChunk(point: FaultPoint, heartbeat: (done: number) => void): (done: number) => void {
  return (done) => {
    heartbeat(done)
    faultPoint(point)
  }
}
