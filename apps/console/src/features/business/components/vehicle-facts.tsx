/** A vehicle's particulars, codes in the words of the dictionaries. */
import { useDictionary } from '../../../dictionary.ts'
import { type Fact, Facts } from '../../../parts/detail-page.tsx'
import { MaybeLink } from '../../../parts/maybe-link.tsx'
import type { Transaction } from '../api.ts'
import { colours, wordOf } from '../labels.ts'

export function VehicleFacts({
  vehicle,
  link,
  more = [],
}: {
  vehicle: NonNullable<Transaction['vehicle']>
  /** The vehicle's file, where this is not it. */
  link?: string | null
  more?: readonly Fact[]
}) {
  const plateKinds = useDictionary('plate_kind')
  const vehicleTypes = useDictionary('vehicle_type')
  const useNatures = useDictionary('use_nature')
  return (
    <Facts
      items={[
        { label: '号牌号码', value: <MaybeLink to={link}>{vehicle.plate ?? '未上牌'}</MaybeLink> },
        { label: '号牌种类', value: wordOf(plateKinds, vehicle.plateKind) },
        { label: '车辆识别代号', value: vehicle.vin && <span className="hj-code">{vehicle.vin}</span> },
        { label: '车辆类型', value: wordOf(vehicleTypes, vehicle.vehicleType) },
        { label: '使用性质', value: wordOf(useNatures, vehicle.useNature) },
        { label: '品牌型号', value: [vehicle.brand, vehicle.model].filter(Boolean).join(' ') },
        { label: '车身颜色', value: wordOf(colours, vehicle.colour) },
        { label: '初次登记', value: vehicle.firstRegisteredAt },
        ...more,
      ]}
    />
  )
}
