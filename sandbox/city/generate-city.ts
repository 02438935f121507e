/** Puts the city together: reference data, then the facts month by month, then the list of what was planted. */
import { instantAt } from './calendar.ts'
import { DriverRecords } from './driver-records.ts'
import { Examinations } from './examinations.ts'
import { FullMarkExams } from './full-mark-exams.ts'
import { Inspections } from './inspections.ts'
import { LicenceBusiness } from './licence-business.ts'
import { arrivingVehicles, OrdinaryBusiness } from './ordinary-business.ts'
import { plantExaminations } from './plants/examinations.ts'
import { plantFromElsewhere } from './plants/from-elsewhere.ts'
import { plantFullMarkExams } from './plants/full-mark-exams.ts'
import { plantInProcess } from './plants/in-process.ts'
import { plantInspections } from './plants/inspections.ts'
import { plantLicences } from './plants/licence-business.ts'
import { plantLicenceLimits } from './plants/licence-limits.ts'
import { plantNumbers } from './plants/numbers.ts'
import { plantOverdue } from './plants/overdue.ts'
import { plantReissues } from './plants/reissues.ts'
import { Stage } from './plants/stage.ts'
import { plantTemporaryPlates } from './plants/temporary-plates.ts'
import { plantVehicleFiles } from './plants/vehicle-files.ts'
import { Population } from './population.ts'
import { Recorder } from './record.ts'
import { TemporaryPlates } from './temporary-plates.ts'
import { TruthList } from './truth.ts'
import type { City, CityOptions, FactBatch, Truth } from './types.ts'
import { VehicleFiles } from './vehicle-files.ts'
import { buildWorld, type World } from './world.ts'

const DEFAULT_UNTIL = '2026-11-01'

/**
 * A sample of two cities with their history.
 * @throws RangeError naming every option that is out of range.
 */
export function generateCity(options: CityOptions): City {
  const checked = { ...options, until: options.until ?? DEFAULT_UNTIL }
  refuseBadOptions(checked)
  const world = buildWorld(checked)
  let truth: Truth[] | null = null
  async function* batches(): AsyncGenerator<FactBatch, void, void> {
    const list = new TruthList()
    yield* history(world, list, options.onProgress)
    truth = list.entries()
  }
  return {
    reference: world.reference,
    batches,
    async groundTruth() {
      if (!truth) for await (const _ of batches());
      return truth!
    },
  }
}

function* history(
  world: World,
  truth: TruthList,
  onProgress: CityOptions['onProgress'],
): Generator<FactBatch> {
  const recorder = new Recorder(world)
  const population = new Population(world, arrivingVehicles(world))
  const business = new OrdinaryBusiness(population, recorder)
  const inspections = new Inspections(population, recorder)
  const examinations = new Examinations(population, recorder, business)
  const licences = new LicenceBusiness(population, recorder, business)
  const fullMark = new FullMarkExams(population, recorder, business, examinations.tally)
  const records = new DriverRecords(population, recorder, business)
  const plates = new TemporaryPlates(population, recorder)
  const { months } = world.calendar
  const tell = (done: number) => onProgress?.({ done, total: months.length + 1, rows: recorder.rows })
  yield* standing(population, business, inspections, recorder)
  const stage = new Stage(population, recorder, truth)
  plantInProcess(stage)
  plantReissues(stage)
  plantOverdue(stage)
  plantInspections(stage, inspections)
  plantExaminations(stage, examinations, business)
  plantLicences(stage)
  plantLicenceLimits(stage, examinations, business)
  plantFullMarkExams(stage, fullMark)
  plantFromElsewhere(stage, examinations)
  const files = new VehicleFiles(stage)
  plantTemporaryPlates(stage, plates)
  plantNumbers(stage)
  plantVehicleFiles(stage, files)
  yield* recorder.drain()
  tell(1)
  for (const month of months) {
    for (let day = month.first; day < month.end; day++) yield* business.day(day)
    yield* licences.month(month)
    yield* inspections.month(month)
    yield* examinations.month(month)
    examinations.clocks(month)
    yield* fullMark.month(month)
    yield* records.month(month)
    plates.month(month)
    files.month(month)
    yield* recorder.drain()
    tell(month.index + 2)
  }
}

/** Everyone and everything that was there before the history begins. */
function* standing(
  population: Population,
  business: OrdinaryBusiness,
  inspections: Inspections,
  recorder: Recorder,
): Generator<FactBatch> {
  const { world } = population
  const { first } = world.calendar
  for (let i = 0; i < population.organisations; i++) recorder.push('person', population.organisationRow(i))
  for (let i = 0; i < population.owners; i++) {
    recorder.push('person', population.personRow(i))
    if (population.hasLicence(i))
      recorder.push('licence', population.licenceRow(i, first - 30 - ((i * 37) % 5400)))
    if (recorder.full) yield* recorder.drain()
  }
  for (let i = 0; i < population.standing; i++) {
    const traits = population.traits(i)
    const fate = business.fate(i)
    recorder.push('vehicle', population.vehicleRow(traits, traits.registeredDay, fate === 1))
    if (fate === 0) {
      const owner =
        traits.organisationIndex === null ? { person: traits.ownerId } : { organisation: traits.ownerId }
      recorder.owner(
        population.cityOfVehicle(i).detachment,
        traits.id,
        owner,
        instantAt(traits.registeredDay, 600),
        null,
      )
    }
    if (recorder.full) yield* recorder.drain()
  }
  yield* visitors(population, inspections, recorder)
}

/** Vehicles registered elsewhere that are inspected here, with their owners. */
function* visitors(
  population: Population,
  inspections: Inspections,
  recorder: Recorder,
): Generator<FactBatch> {
  for (const city of population.world.cities)
    for (let n = 0; n < inspections.visitorCount(); n++) {
      const traits = population.traits(population.visitor(city, n))
      recorder.push('person', population.visitorOwnerRow(traits))
      recorder.push('vehicle', population.vehicleRow(traits, traits.registeredDay, false))
      recorder.owner(
        city.detachment,
        traits.id,
        { person: traits.ownerId },
        instantAt(traits.registeredDay, 600),
        null,
      )
      if (recorder.full) yield* recorder.drain()
    }
  yield* recorder.drain()
}

function refuseBadOptions({ vehicles, years, seed, until }: CityOptions & { until: string }): void {
  const faults: string[] = []
  if (!Number.isInteger(vehicles) || vehicles < 2000 || vehicles > 4_000_000)
    faults.push('vehicles must be a whole number from 2000 to 4000000')
  if (!Number.isInteger(years) || years < 1 || years > 8)
    faults.push('years must be a whole number from 1 to 8')
  if (!Number.isInteger(seed) || seed < 0 || seed > 4_294_967_295)
    faults.push('seed must be a whole number from 0 to 4294967295')
  if (!/^20\d\d-(0[1-9]|1[0-2])-01$/.test(until))
    faults.push('until must be the first of a month from 2000 to 2099, YYYY-MM-01')
  if (faults.length > 0) throw new RangeError(faults.join('; '))
}
