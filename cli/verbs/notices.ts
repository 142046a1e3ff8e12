/** Verbs around the notice: proof, approval, evidence, returned and re-mailed pieces. */
import { join } from 'node:path'
import { readInputText } from '../../persistence/input-file.js'
import { dateArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { printProgress, printResult } from '../output.js'
import { callVerb, programOf, settle } from '../verb-call.js'
import { type Options, wholeNumber } from './typed.js'

/** @param drops `DATE` for everybody left, `DATE=FILE` for the accounts in a file, one number a line. */
export async function noticeProof(options: Options<{ drop?: string[] }>): Promise<void> {
  const program = await programOf(options)
  if (options.drop !== undefined) {
    const drops = options.drop.map((text) => {
      const [date = '', file] = text.split('=')
      const accounts =
        file === undefined
          ? null
          : readInputText(file, 'accounts file')
              .split(/\r?\n/)
              .map((line) => line.trim())
              .filter((line) => line !== '')
      return { plannedOn: dateArgument('--drop', date), accounts }
    })
    const planned = await callVerb<{ drops: number; pieces: number }>(options, 'drops-plan', { drops }, program)
    printProgress(`${planned.pieces} letters in ${planned.drops} ${planned.drops === 1 ? 'drop' : 'drops'}.`)
  }
  const value = await callVerb<{ items: number }>(options, 'notice-proof', {}, program)
  printResult(options, value, [
    `The proof shows all ${value.items} required items; it lies in ${join(options.data, 'letters')}.`,
    'Next: the village reads it, then meterhall notice approve',
  ])
}

export async function noticeApprove(options: VerbOptions): Promise<void> {
  const program = await programOf(options)
  const value = await callVerb<{ batches: number }>(options, 'notice-approve', {}, program)
  await settle(options, program)
  printResult(options, value, [
    `Approved; ${value.batches} print batches go to the mail house.`,
    'Next: when the post office has certified a drop, meterhall evidence add',
  ])
}

export async function evidenceAdd(
  options: Options<{ drop: string; on: string; pieces: string; form: string; cohort?: string }>,
): Promise<void> {
  const input = {
    dropNo: wholeNumber('--drop', options.drop),
    on: dateArgument('--on', options.on),
    pieces: wholeNumber('--pieces', options.pieces),
    form: options.form,
    ...(options.cohort === undefined ? {} : { cohort: options.cohort }),
  }
  const program = await programOf(options)
  const value = await callVerb<{ reconciled: boolean; deadline: string | null }>(
    options,
    'evidence-add',
    input,
    program,
  )
  await settle(options, program)
  const what = value.reconciled
    ? `The count agrees; replies are in time until ${value.deadline}.`
    : 'The count differs from the manifest: the clock does not start until the mail house finds the difference.'
  const next = value.reconciled
    ? 'Next: meterhall receipt add for each reply'
    : 'Next: meterhall evidence add again, with the corrected form'
  printResult(options, value, [what, next])
}

export async function returnAdd(code: string, options: Options<{ on: string }>): Promise<void> {
  const value = await callVerb(
    options,
    'return-add',
    { letterCode: code, returnedOn: dateArgument('--on', options.on) },
    await programOf(options),
  )
  printResult(options, value, [
    'The notice counts as not delivered.',
    'Next: find the address, then meterhall re-mail --on DATE ACCOUNT …',
  ])
}

export async function reMail(accounts: readonly string[], options: Options<{ on: string }>): Promise<void> {
  const value = await callVerb<{ cohort: string; dropNo: number }>(
    options,
    're-mail-plan',
    { accounts, plannedOn: dateArgument('--on', options.on) },
    await programOf(options),
  )
  printResult(options, value, [
    `Printed again as drop ${value.dropNo} of cohort ${value.cohort}, with its own deadline.`,
    `Next: meterhall evidence add --cohort ${value.cohort} --drop ${value.dropNo} …`,
  ])
}
