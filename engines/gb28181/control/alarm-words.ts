/** Methods and types of alarms in the user's words (2022: A.2.5.3; 2016: A.2.5 b). */

const METHODS: Readonly<Record<string, string>> = {
  '1': '电话报警',
  '2': '设备报警',
  '3': '短信报警',
  '4': 'GPS 报警',
  '5': '视频报警',
  '6': '设备故障报警',
  '7': '其他报警',
}

const TYPES: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  '2': { '1': '视频丢失', '2': '设备防拆', '3': '存储设备磁盘满', '4': '设备高温', '5': '设备低温' },
  '5': {
    '1': '人工视频报警',
    '2': '运动目标检测',
    '3': '遗留物检测',
    '4': '物体移除检测',
    '5': '绊线检测',
    '6': '入侵检测',
    '7': '逆行检测',
    '8': '徘徊检测',
    '9': '流量统计',
    '10': '密度检测',
    '11': '视频异常检测',
    '12': '快速移动',
    '13': '图像遮挡',
  },
  '6': { '1': '存储设备磁盘故障', '2': '存储设备风扇故障' },
}

/** Words for an alarm: its type where the method has types, else its method. Codes not known are named as codes. */
export function alarmWords(method: string | undefined, type: number | undefined): string {
  const ofMethod = METHODS[method ?? ''] ?? `报警方式 ${method ?? '未知'}`
  if (type === undefined) return ofMethod
  return TYPES[method ?? '']?.[String(type)] ?? `${ofMethod}（类型 ${type}）`
}

/** Whether the device sends no further alarm of this kind until `ResetAlarm` (pain 18). */
export function needsReset(method: string | undefined): boolean {
  return method === '2'
}
