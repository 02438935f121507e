/** The features of the console, in the order of the menu. */
import type { Feature } from '../feature.ts'
import { administration } from './administration/index.tsx'
import { business } from './business/index.tsx'
import { identity } from './identity/index.tsx'
import { registry } from './registry/index.tsx'
import { supervision } from './supervision/index.tsx'
import { work } from './work/index.tsx'

export const features: readonly Feature[] = [work, business, registry, supervision, identity, administration]
