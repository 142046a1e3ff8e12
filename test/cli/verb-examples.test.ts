import { Command } from 'commander'
import { describe, expect, test } from 'vitest'
import { commands } from '../../cli/meterhall.js'
import { addVerbs } from '../../cli/verb-commands.js'

/** Started by an installation, not typed at a desk. */
const PROCESSES = ['worker', 'web', 'operator first']

function verbsOf(command: Command, path = ''): { readonly name: string; readonly verb: Command }[] {
  return command.commands.flatMap((verb) => {
    const name = `${path}${verb.name()}`
    return verb.commands.length > 0 ? verbsOf(verb, `${name} `) : [{ name, verb }]
  })
}

function helpOf(verb: Command): string {
  let text = ''
  verb.configureOutput({
    writeOut: (part) => {
      text += part
    },
  })
  verb.outputHelp()
  return text
}

test('the help of every command shows an example that begins with its own name', () => {
  const all = verbsOf(commands()).filter(({ name }) => !PROCESSES.includes(name))
  expect(all.length).toBeGreaterThan(30)
  expect(
    all.filter(({ name, verb }) => !helpOf(verb).includes(`Example:\n  meterhall ${name}`)).map(({ name }) => name),
  ).toEqual([])
})

describe('a verb', () => {
  const program = new Command('meterhall')
  program.command('list')
  addVerbs(program)
  const verbs = verbsOf(program).filter(({ name }) => !PROCESSES.includes(name))

  test('that changes something takes an id to ask again with', () => {
    expect(verbs.length).toBeGreaterThan(25)
    const reading = ['up', 'status', 'case', 'ledger', 'item list', 'accounts export', 'journal export', 'user list']
    const withId = verbs
      .filter(({ verb }) => verb.options.some((option) => option.long === '--id'))
      .map(({ name }) => name)
    expect(withId.sort()).toEqual(
      verbs
        .map(({ name }) => name)
        .filter((name) => !reading.includes(name))
        .sort(),
    )
  })
})
