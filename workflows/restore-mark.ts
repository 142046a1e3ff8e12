/**
 * How a run notices that one of the two stores was restored from a backup.
 *
 * With every agenda it says how often it has asked (`turn`), the newest state of the ledger it has seen (`version`), and in which epoch
 * it last heard from it. A ledger that remembers less was restored; a run that knows less than the ledger was. Either way sending is blocked.
 */
import type { RestoreMark } from '../domain/restore-mark.js'

const FIRST_MARK: RestoreMark = { turn: 0, version: 0, epoch: 0 }

/** A run's mark, kept through its agendas and sendings. */
export interface MarkKeeper {
  readonly mark: RestoreMark
  /** For the next reading of the agenda. */
  nextTurn(): RestoreMark
  /** The agenda's answer. */
  take(mark: RestoreMark): void
  /** A sending's answer: the state of the ledger with its outcome. */
  saw(version: number): void
}

/** @param before carried over from the run before */
export function keepMark(before: RestoreMark = FIRST_MARK): MarkKeeper {
  let mark = before
  return {
    get mark() {
      return mark
    },
    nextTurn: () => ({ ...mark, turn: mark.turn + 1 }),
    take: (next) => {
      mark = next
    },
    saw: (version) => {
      mark = { ...mark, version: Math.max(mark.version, version) }
    },
  }
}
