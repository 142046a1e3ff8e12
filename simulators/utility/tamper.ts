/** Ways to spoil what the simulated utility sends. Each is a `tamper` of UtilityOptions; `onSet` narrows it to one kind. */
import type { Answer } from '../answer.js'

export type Tamper = (answers: readonly Answer[]) => readonly Answer[]

/** Every file comes twice, the second time under another name. */
export function duplicated(answers: readonly Answer[]): readonly Answer[] {
  return answers.flatMap((answer) => [answer, { ...answer, name: answer.name.replace(/(\.[^.]*)?$/, '-again$1') }])
}

/** What comes together comes in the opposite order. */
export function reordered(answers: readonly Answer[]): readonly Answer[] {
  return [...answers].reverse()
}

/** Only the first `bytes` of every file arrive. */
export function truncated(bytes: number): Tamper {
  return (answers) => answers.map((answer) => ({ ...answer, content: answer.content.subarray(0, bytes) }))
}

/** The segment count of the first SE is one too high: the file reads to its end and is wrong all the same. */
export function miscounted(answers: readonly Answer[]): readonly Answer[] {
  return answers.map((answer) => ({
    ...answer,
    content: Buffer.from(
      answer.content.toString('latin1').replace(/~SE\*(\d+)\*/, (_, count) => `~SE*${Number(count) + 1}*`),
      'latin1',
    ),
  }))
}

/** Every file is held back until that instant. */
export function heldUntil(at: string): Tamper {
  return (answers) => answers.map((answer) => ({ ...answer, at: answer.at < at ? at : answer.at }))
}

/** Files never arrive. */
export function lost(): readonly Answer[] {
  return []
}

/** Spoils only files of one kind, `997`, `814` or `867`, told by the beginning of their names. */
export function onSet(set: string, tamper: Tamper): Tamper {
  return (answers) => answers.flatMap((answer) => (answer.name.startsWith(`${set}-`) ? tamper([answer]) : [answer]))
}
