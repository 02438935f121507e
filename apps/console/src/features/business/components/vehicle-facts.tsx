/** A vehicle's particulars, codes in the words of the dictionaries. */
import { useDictionary } from '../../../dictionary.ts'
import { Facts } from '../../../parts/detail-page.tsx'
import type { Transaction } from '../api.ts'
import { colours, wordOf } from '../labels.ts'

export function VehicleFacts({ vehicle }: { vehicle: NonNullable<Transaction['vehicle']> }) {
  const plateKinds = useDictionary('plate_kind')
  const vehicleTypes = useDictionary('vehicle_type')
  const useNatures = useDictionary('use_nature')
  return (
    <Facts
      items={[
        { label: '号牌号码', value: vehicle.plate ?? '未上牌' },
        { label: '号牌种类', value: wordOf(plateKinds, vehicle.plateKind) },
        { label: '车辆识别代号', value: vehicle.vin && <span className="hj-code">{vehicle.vin}</span> },
        { label: '车辆类型', value: wordOf(vehicleTypes, vehicle.vehicleType) },
        { label: '使用性质', value: wordOf(useNatures, vehicle.useNature) },
        { label: '品牌型号', value: [vehicle.brand, vehicle.model].filter(Boolean).join(' ') },
        { label: '车身颜色', value: wordOf(colours, vehicle.colour) },
        { label: '初次登记', value: vehicle.firstRegisteredAt },
      ]}
    />
  )
}
