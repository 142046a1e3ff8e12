/** The commands that move a program on, most pressing first: what its state waits for, in words to type. */
import type { Status } from './status.js'

export interface NextCommand {
  readonly command: string
  /** Why it is the one, in a few words. */
  readonly why: string
}

export interface NoticeState {
  readonly proved: boolean
  readonly approved: boolean
}

type Known = Pick<Status, 'runs' | 'drops' | 'bids' | 'stopped' | 'unknownSendings' | 'toDo' | 'clock'>

/** Nothing while everything that is next happens by itself. @param notice of the initial cohort; null before the award */
export function nextCommands(status: Known, notice: NoticeState | null): readonly NextCommand[] {
  const next: NextCommand[] = status.unknownSendings.map(({ sending }) => ({
    command: `meterhall sending resolve ${sending} --as-sent`,
    why: 'when it arrived; with --again it is sent once more',
  }))
  for (const { party } of status.stopped)
    next.push({ command: `meterhall stop off ${party}`, why: `nothing leaves for ${party} until then` })
  for (const run of status.runs) next.push(...ofPhase(run, status, notice))
  const [item] = status.toDo
  if (item !== undefined)
    next.push({
      command: `meterhall item close ${item.item} --why "…"`,
      why: 'when it is done; all of them: meterhall item list',
    })
  const [due] = status.runs.flatMap((run) => run.nextDue ?? []).sort()
  if (status.clock === 'stepped' && due !== undefined)
    next.push({ command: `meterhall clock ${due}`, why: 'program time moves by hand; this is the next thing due' })
  return next
}

function ofPhase(run: Known['runs'][number], { bids, drops }: Known, notice: NoticeState | null): NextCommand[] {
  if (run.atWork) return [{ command: 'meterhall status', why: 'something is being worked on; look again' }]
  switch (run.phase) {
    case 'data-request':
      return [{ command: 'meterhall list import --list FOLDER', why: 'unless the utility leaves its list itself' }]
    case 'list-review':
      return [{ command: 'meterhall list sign', why: run.waitingFor }]
    case 'rfp-award': {
      const ofRound = bids.filter((bid) => bid.present)
      if (ofRound.length === 0) return [{ command: 'meterhall bid add FILE', why: 'one for each supplier' }]
      if (ofRound.some((bid) => bid.sealed)) return [{ command: 'meterhall bid open', why: 'when all bids are in' }]
      return [{ command: 'meterhall award SUPPLIER', why: 'or meterhall award --reject-all' }]
    }
    case 'notice-mailing': {
      const waits = drops.find((drop) => drop.state !== 'evidenced')
      if (waits === undefined) return [{ command: 'meterhall notice proof --drop DATE', why: run.waitingFor }]
      if (notice?.approved !== true)
        return [
          {
            command: notice?.proved === true ? 'meterhall notice approve' : 'meterhall notice proof',
            why: run.waitingFor,
          },
        ]
      const cohort = waits.cohort === 'initial' ? '' : ` --cohort ${waits.cohort}`
      return [
        {
          command: `meterhall evidence add${cohort} --drop ${waits.drop} --on ${waits.plannedOn} --pieces ${waits.pieces} --form FORM`,
          why: 'with day and count as on the form of the post office',
        },
      ]
    }
    case 'response-window':
      return [{ command: 'meterhall receipt add --file FILE', why: 'or receipt card CODE, for each reply that comes' }]
    default:
      return []
  }
}
