/** Ports of the embedded stack: as typed, and what to say when one is taken. */
import { PortTaken, refuseTakenPort } from '../../worker/free-port.js'
import type { UpOptions } from '../command-options.js'
import { UsageError } from '../output.js'

export interface Ports {
  readonly web: number
  readonly temporal: number
  readonly ui: number
}

const OPTION = { web: '--port', temporal: '--temporal-port', ui: '--ui-port' } as const
const DEFAULTS: Ports = { web: 8180, temporal: 7243, ui: 8243 }
const HIGHEST = 65_535

export function portsOf(options: UpOptions): Ports {
  const ports: Ports = {
    web: portArgument(OPTION.web, options.port) ?? DEFAULTS.web,
    temporal: portArgument(OPTION.temporal, options.temporalPort) ?? DEFAULTS.temporal,
    ui: portArgument(OPTION.ui, options.uiPort) ?? DEFAULTS.ui,
  }
  if (new Set(Object.values(ports)).size < Object.values(ports).length)
    throw new UsageError(`${Object.values(OPTION).join(', ')} have to be three different ports.`)
  return ports
}

function portArgument(option: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > HIGHEST)
    throw new UsageError(`${option} "${text}" is not a port; give a whole number from 1 to ${HIGHEST}.`)
  return port
}

/** Before anything is started; the two of the workflow server may still be held by one that an earlier process left behind. */
export async function refuseTakenWebPort(ports: Ports): Promise<void> {
  await refuseTakenPort(ports.web).catch((error) => {
    throw namedByOption(error, ports)
  })
}

/** A taken port as a sentence with the option that chooses another; any other error as it is. */
export function namedByOption(error: unknown, ports: Ports): unknown {
  if (!(error instanceof PortTaken)) return error
  const option = error.port === ports.web ? OPTION.web : error.port === ports.ui ? OPTION.ui : OPTION.temporal
  return new UsageError(
    `Port ${error.port} is taken by another process; stop that one, or choose another port with ${option}.`,
  )
}
