/** Verbs of the desk: what waits, one account's story, the conservation table, and the switches. */
import type { Case } from '../../client/case.js'
import type { Conservation } from '../../client/conservation.js'
import { DISPOSITIONS } from '../../domain/account.js'
import { STOPPABLE } from '../../persistence/ledger/stop-switches.js'
import { choiceArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { local, localDue } from '../local-time.js'
import { printResult, UsageError } from '../output.js'
import { callVerb, programOf } from '../verb-call.js'
import { wrapped } from '../wrap.js'
import { type Options, wholeNumber } from './typed.js'

export async function stopSwitch(state: string, party: string, options: Options<{ why?: string }>): Promise<void> {
  if (state !== 'on' && state !== 'off') throw new UsageError(`"${state}" is neither on nor off.`)
  choiceArgument('The party', party, STOPPABLE)
  const why = options.why ?? (state === 'off' ? 'released' : '')
  if (why === '') throw new UsageError('Say why with --why "…"; the reason goes into the journal.')
  const value = await callVerb(options, 'stop', { party, on: state === 'on', why }, await programOf(options))
  printResult(options, value, [state === 'on' ? `Nothing more leaves for ${party}.` : `Sending to ${party} goes on.`])
}

export async function itemClose(item: string, options: Options<{ why: string }>): Promise<void> {
  const value = await callVerb(
    options,
    'work-item-close',
    { item: wholeNumber('the item', item), resolution: options.why },
    await programOf(options),
  )
  printResult(options, value, ['Done.'])
}

export async function sendingResolve(
  sending: string,
  options: Options<{ asSent?: boolean; again?: boolean }>,
): Promise<void> {
  if ((options.asSent === true) === (options.again === true))
    throw new UsageError('Say --as-sent or --again; one of the two.')
  const choice = options.asSent === true ? 'treat-as-sent' : 'send-again'
  const value = await callVerb(
    options,
    'sending-resolve',
    { sending: wholeNumber('the sending', sending), choice },
    await programOf(options),
  )
  printResult(options, value, [
    choice === 'treat-as-sent' ? 'It counts as sent.' : 'It is sent again; a duplicate is possible and accepted.',
  ])
}

export async function reconcileStores(options: Options<{ why: string }>): Promise<void> {
  const value = await callVerb(options, 'reconcile', { why: options.why }, await programOf(options))
  printResult(options, value, ['The present state counts; sending is released.'])
}

export async function showCase(account: string, options: VerbOptions): Promise<void> {
  const value = await callVerb<Case>(options, 'case', { account }, await programOf(options))
  printResult(options, value, [
    `Stands as ${value.disposition ?? 'unknown'}${value.deadline === null ? '' : `; replies until ${value.deadline}`}`,
    '',
    ...value.story.flatMap((line) => [
      ...wrapped(`${local(line.at)}  `, line.what),
      ...wrapped('    ', [line.clause, `by ${line.actor}`].filter((part) => part !== null).join('; ')),
    ]),
    ...value.toDo.flatMap((item) => wrapped(`to do ${item.item}: `, item.what)),
    '',
    ...wrapped('Next: ', `${value.next.what}${value.next.at === null ? '' : `, by ${localDue(value.next.at)}`}`),
  ])
}

export async function showLedger(options: VerbOptions): Promise<void> {
  const value = await callVerb<Conservation>(options, 'ledger', {}, await programOf(options))
  const row = (label: string, count: number): string => `  ${label.padEnd(30)}${String(count).padStart(8)}`
  printResult(options, value, [
    'Every listed account in exactly one disposition',
    row('accounts in the list files', value.listed),
    ...DISPOSITIONS.map((disposition) => row(disposition, value.dispositions[disposition])),
    row('lost', value.lost),
    row('doubled', value.doubled),
    row('not listed', value.foreign),
    value.balances ? '  The table balances.' : '  THE TABLE DOES NOT BALANCE.',
  ])
  if (!value.balances) process.exitCode = 1
}
