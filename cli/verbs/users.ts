/** Who may sign in: verbs about the installation. */
import { type Operator, OPERATOR_ROLES } from '../../persistence/ledger/operators.js'
import { choiceArgument } from '../arguments.js'
import type { VerbOptions } from '../command-options.js'
import { printResult, UsageError } from '../output.js'
import { callVerb } from '../verb-call.js'
import type { Options } from './typed.js'

export async function userAdd(name: string, options: Options<{ role: string[] }>): Promise<void> {
  for (const role of options.role) choiceArgument('--role', role, OPERATOR_ROLES)
  if (!/^[a-z][a-z0-9.-]{1,39}$/.test(name))
    throw new UsageError(
      `"${name}" is no name to sign in with; use 2 to 40 lower-case letters, digits, dots and hyphens, for example anna.berg.`,
    )
  const password = process.env['METERHALL_NEW_PASSWORD']
  const value = await callVerb<{ token: string }>(options, 'user-add', {
    name,
    roles: options.role,
    ...(password === undefined ? {} : { password }),
  })
  printResult(options, value, [
    `${name} may act as ${options.role.join(', ')}. The token below is shown this once; hand it over in private.`,
    `  METERHALL_TOKEN=${value.token}`,
  ])
}

export async function userList(options: VerbOptions): Promise<void> {
  const users = await callVerb<Operator[]>(options, 'users', {})
  const width = Math.max(0, ...users.map((user) => user.name.length))
  printResult(
    options,
    users,
    users.map((user) => `${user.name.padEnd(width)}  ${user.roles.join(', ')}`),
  )
}

export async function userEnd(name: string, options: VerbOptions): Promise<void> {
  const value = await callVerb(options, 'user-end', { name })
  printResult(options, value, [`${name} may not sign in any more; the name is not given to anybody else.`])
}
