/** Where a program stands: what runs, what is due and by which clause, what waits for whom, what is late, what to type next. */
import type { Status } from '../../client/status.js'
import type { VerbOptions } from '../command-options.js'
import { local, localDue } from '../local-time.js'
import { printResult } from '../output.js'
import { callVerb, programOf } from '../verb-call.js'
import { wrapped } from '../wrap.js'

export async function status(options: VerbOptions): Promise<void> {
  const value = await callVerb<Status>(options, 'status', {}, await programOf(options))
  printResult(options, value, [
    `Program ${value.program}, ${local(value.now)}${value.clock === 'stepped' ? ', a rehearsal' : ''}`,
    ...section('What runs', value.runs.flatMap(runLines)),
    ...section(`Cut-offs of the utility${clauseOfFirst(value.cutoffs)}`, value.cutoffs.map(cutoffLine)),
    ...section(
      'Mailing drops',
      value.drops.flatMap((drop) => {
        const until = drop.deadline === null ? '' : `, replies until ${drop.deadline}`
        return wrapped(
          '  ',
          `${drop.cohort} ${drop.drop}: ${drop.pieces} letters, planned ${drop.plannedOn}, ${drop.state}${until}`,
        )
      }),
    ),
    ...section('Replies', repliesLine(value.replies)),
    ...section('Bids', value.bids.flatMap(bidLines)),
    ...section(
      'Stopped',
      value.stopped.flatMap(({ party, by, why }) => wrapped('  ', `${party} by ${by}: ${why}`)),
    ),
    ...section(
      'Outcome unknown: did it arrive?',
      value.unknownSendings.flatMap(({ sending, subject, party, reply }) => [
        ...wrapped(`  ${sending}  `, `${subject} to ${party}: ${reply ?? 'no answer'}`),
        `     yes or likely   meterhall sending resolve ${sending} --as-sent`,
        `     no              meterhall sending resolve ${sending} --again`,
      ]),
    ),
    ...(value.toDo.length === 0
      ? ['', 'No work item is open.']
      : section('Waits for a person', value.toDo.flatMap(itemLines))),
    ...(value.moreToDo > 0 ? [`  and ${value.moreToDo} more: meterhall item list`] : []),
    ...section(
      'Next',
      value.next.flatMap(({ command, why }) => [`  ${command}`, ...wrapped('      ', why)]),
    ),
  ])
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines]
}

function runLines(run: Status['runs'][number]): string[] {
  const due = run.nextDue === null ? '' : `; next due ${localDue(run.nextDue)}`
  const waits = run.atWork ? 'is at work' : `waits for ${run.waitingFor}${due}`
  return [
    `  ${run.run}  (${run.phase})`,
    ...wrapped('    ', `${waits}${run.clause === null || run.atWork ? '' : ` (${run.clause})`}`),
  ]
}

function clauseOfFirst(cutoffs: Status['cutoffs']): string {
  return cutoffs[0] === undefined ? '' : `, by ${cutoffs[0].clause}`
}

function cutoffLine({ at, readOn, late, waiting, sent }: Status['cutoffs'][number]): string {
  return `  ${late ? 'LATE ' : ''}${local(at)}, read of ${readOn ?? '?'}: ${waiting} wait, ${sent} sent`
}

function repliesLine(replies: Status['replies']): string[] {
  const counts = Object.entries(replies).filter(([, count]) => count > 0)
  return counts.length === 0 ? [] : [`  ${counts.map(([verdict, count]) => `${count} ${verdict}`).join(', ')}`]
}

function bidLines(bid: Status['bids'][number]): string[] {
  const prices = Object.entries(bid.centsPerKwh).map(([rateClass, cents]) => `${rateClass} ${cents}`)
  const state = bid.sealed ? ' (sealed)' : bid.awarded ? ' (awarded)' : ''
  return wrapped('  ', `${bid.supplier}${state}${prices.length === 0 ? '' : `: cents per kWh ${prices.join(', ')}`}`)
}

/** A work item: its number for `item close`, what is to be done, by when and by which clause. */
export function itemLines(item: Status['toDo'][number]): string[] {
  const due = item.due === null ? '' : ` (due ${localDue(item.due)})`
  const lead = `  ${item.item}  `
  return [
    ...wrapped(lead, `${item.late ? 'LATE ' : ''}${item.what}${due}`),
    ...(item.clause === null ? [] : wrapped(' '.repeat(lead.length), item.clause)),
  ]
}
