/** The shipped indicators as data. What each means exactly stands in the requirements (SUP-IN, SUP-PA). */
import type { IndicatorDefinition } from '@hengjian/indicators'
import { inProcessLicence } from './in-process-licence.ts'
import { inProcessVehicle } from './in-process-vehicle.ts'
import { l1l2 } from './l1-l2.ts'
import { l3l4 } from './l3-l4.ts'
import { l5, l6, l7 } from './l5-l7.ts'
import { l8 } from './l8.ts'
import { l9l10 } from './l9-l10.ts'
import { l11, l12 } from './l11-l12.ts'
import { v1 } from './v1.ts'
import { v2v3 } from './v2-v3.ts'
import { v4 } from './v4.ts'
import { v5v7 } from './v5-v7.ts'
import { v8 } from './v8.ts'

/** All shipped definitions: 22 in-process, and the post-hoc groups V1–V8 and L1–L12. */
export const indicatorDefinitions: readonly IndicatorDefinition[] = [
  ...inProcessVehicle,
  ...inProcessLicence,
  ...v1,
  ...v2v3,
  ...v4,
  ...v5v7,
  ...v8,
  ...l1l2,
  ...l3l4,
  ...l5,
  ...l6,
  ...l7,
  ...l8,
  ...l9l10,
  ...l11,
  ...l12,
]
