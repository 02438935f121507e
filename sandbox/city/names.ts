/** Names and addresses, made up from common surnames, given names and road names. */
import { hash } from './random.ts'

const SURNAMES = [
  ...'王李张刘陈杨黄赵周吴徐孙朱马胡郭林何高梁郑罗宋谢唐韩曹许邓萧冯曾程蔡彭潘袁于董余苏叶吕魏蒋田杜丁沈姜范江傅钟卢汪戴崔任陆廖姚方金邱夏谭韦贾邹石熊孟秦阎薛侯雷白龙段郝孔邵史毛常万顾赖武康贺严尹钱施牛洪龚覃莫蓝农',
]
const GIVEN_FIRST = [...'建国志明文晓海春秋丽玉红秀桂永家俊子佳思雨欣浩宇天泽振德光荣立新凤梅雪燕小']
const GIVEN_SECOND = [...'华强军平伟芳娟敏静杰涛超勇艳霞刚斌飞鹏琳慧颖婷雯轩涵怡琪然辰宁安康林峰波辉']

export function personName(seed: number, index: number): string {
  const h = hash(seed, 201, index)
  const surname = SURNAMES[h % SURNAMES.length]!
  const second = GIVEN_SECOND[(h >>> 8) % GIVEN_SECOND.length]!
  return h & 0x80000000 ? surname + second : surname + GIVEN_FIRST[(h >>> 16) % GIVEN_FIRST.length]! + second
}

const TRADES = [
  '运输有限公司',
  '物流有限公司',
  '商贸有限公司',
  '旅游客运有限公司',
  '汽车租赁有限公司',
  '建筑工程有限公司',
  '食品有限公司',
  '科技有限公司',
]
const WORDS = [...'鑫源宏达恒通顺安瑞丰盛华兴利嘉和泰锦']

export function organisationName(seed: number, index: number, city: string): string {
  const h = hash(seed, 202, index)
  return `${city}${WORDS[h % WORDS.length]}${WORDS[(h >>> 8) % WORDS.length]}${TRADES[(h >>> 16) % TRADES.length]}`
}

const ROADS = [
  '中山路',
  '解放路',
  '环城路',
  '漓江路',
  '民主路',
  '三里店大道',
  '朝阳路',
  '建设路',
  '人民路',
  '育才路',
  '滨江路',
  '西山路',
  '东环路',
  '新华街',
  '文明路',
  '桃花江路',
]

export function addressIn(place: string, seed: number, index: number): string {
  const h = hash(seed, 203, index)
  return `${place}${ROADS[h & 15]}${((h >>> 4) % 398) + 1}号${((h >>> 13) % 28) + 1}栋${((h >>> 18) % 33) + 1}${String(((h >>> 24) % 4) + 1).padStart(2, '0')}室`
}
