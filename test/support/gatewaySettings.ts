// The settings of all gateways as the environment gives them, with their usual values for all that a test does not say.
// Must not know: what a test does with its gateways.
import { z } from 'zod'
import { gatewaySettings, type GatewaySettings } from '../../src/gateways/index.ts'

export const settingsOf = (given: Readonly<Record<string, string>>): GatewaySettings =>
  z.object(gatewaySettings).parse(given)
