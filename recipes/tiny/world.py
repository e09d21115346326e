"""The small world that the tiny family knows, in Chinese and English.

kinds     苹果 apples … 水果 fruits        what a thing is
facts     水稻 rice: 水稻是一种长在水田里的粮食作物。 / Rice is a grain that grows in wet fields.
"""

# ruff: noqa: E501 - tables of words read best one row a line

from __future__ import annotations

from typing import Literal, NamedTuple

Lang = Literal["zh", "en"]
LANGS: tuple[Lang, Lang] = ("zh", "en")


class Word(NamedTuple):
    """One thing in both languages; `word["zh"]` would be nicer, `word.zh` is enough."""

    zh: str
    en: str

    def in_(self, lang: Lang) -> str:
        """Return the word in a language."""
        return self.zh if lang == "zh" else self.en


class Fact(NamedTuple):
    """A thing and one sentence about it, in both languages."""

    name: Word
    sentence: Word


_KINDS = """
水果 fruits: 苹果 apples, 香蕉 bananas, 橘子 oranges, 葡萄 grapes, 西瓜 watermelons, 梨 pears, 桃子 peaches, 草莓 strawberries, 樱桃 cherries, 芒果 mangoes, 柠檬 lemons, 菠萝 pineapples
蔬菜 vegetables: 胡萝卜 carrots, 白菜 cabbages, 土豆 potatoes, 黄瓜 cucumbers, 茄子 eggplants, 洋葱 onions, 南瓜 pumpkins, 菠菜 spinach, 芹菜 celery, 辣椒 peppers, 豆角 beans, 大蒜 garlic
文具 stationery: 铅笔 pencils, 橡皮 erasers, 尺子 rulers, 钢笔 pens, 笔记本 notebooks, 胶水 glue, 圆规 compasses, 蜡笔 crayons, 订书机 staplers, 信封 envelopes, 粉笔 chalk, 文件夹 folders
动物 animals: 老虎 tigers, 狮子 lions, 大象 elephants, 猴子 monkeys, 兔子 rabbits, 熊猫 pandas, 猫 cats, 狗 dogs, 马 horses, 牛 cows, 羊 sheep, 狐狸 foxes, 狼 wolves, 鹿 deer
颜色 colours: 红色 red, 黄色 yellow, 蓝色 blue, 绿色 green, 白色 white, 黑色 black, 紫色 purple, 粉色 pink, 灰色 grey, 棕色 brown
交通工具 vehicles: 汽车 cars, 火车 trains, 飞机 planes, 轮船 ships, 自行车 bicycles, 公交车 buses, 卡车 trucks, 地铁 subways, 摩托车 motorcycles, 直升机 helicopters
衣物 clothes: 衬衫 shirts, 裤子 trousers, 裙子 skirts, 帽子 hats, 手套 gloves, 袜子 socks, 外套 coats, 毛衣 sweaters, 围巾 scarves, 鞋子 shoes
家具 furniture: 桌子 tables, 椅子 chairs, 床 beds, 沙发 sofas, 书架 bookshelves, 衣柜 wardrobes, 书桌 desks, 柜子 cupboards, 凳子 stools
乐器 instruments: 钢琴 pianos, 吉他 guitars, 小提琴 violins, 鼓 drums, 笛子 flutes, 古筝 zithers, 小号 trumpets, 竖琴 harps
饮料 drinks: 茶 tea, 咖啡 coffee, 牛奶 milk, 果汁 juice, 可乐 cola, 豆浆 soymilk, 啤酒 beer, 汽水 soda
国家 countries: 中国 China, 法国 France, 日本 Japan, 德国 Germany, 英国 Britain, 美国 America, 俄罗斯 Russia, 巴西 Brazil, 埃及 Egypt, 印度 India
运动 sports: 足球 football, 篮球 basketball, 网球 tennis, 排球 volleyball, 游泳 swimming, 跑步 running, 滑雪 skiing, 羽毛球 badminton
工具 tools: 锤子 hammers, 锯子 saws, 钳子 pliers, 斧头 axes, 扳手 wrenches, 铲子 shovels, 钻头 drills, 梯子 ladders
餐具 tableware: 碗 bowls, 筷子 chopsticks, 勺子 spoons, 盘子 plates, 叉子 forks, 杯子 cups, 餐刀 knives, 茶壶 teapots
"""

_FACTS = """
水稻 rice: 水稻是一种长在水田里的粮食作物。 Rice is a grain that grows in wet fields.
小麦 wheat: 小麦是一种可以做面粉的粮食作物。 Wheat is a grain that flour is made from.
玉米 maize: 玉米是一种长着黄色籽粒的粮食作物。 Maize is a tall grain with yellow kernels.
棉花 cotton: 棉花是一种可以织布的植物。 Cotton is a plant that cloth is made from.
竹子 bamboo: 竹子是一种长得很快的植物。 Bamboo is a plant that grows very fast.
茶 tea: 茶是一种用茶叶泡的饮料。 Tea is a drink made from leaves in hot water.
咖啡 coffee: 咖啡是一种用豆子煮的苦味饮料。 Coffee is a bitter drink made from roasted beans.
牛奶 milk: 牛奶是一种来自奶牛的白色饮料。 Milk is a white drink that comes from cows.
太阳 the sun: 太阳是一颗给地球光和热的恒星。 The sun is a star that gives us light and heat.
月亮 the moon: 月亮是绕着地球转的天体。 The moon is a body that moves around the earth.
地球 the earth: 地球是我们居住的行星。 The earth is the planet we live on.
水 water: 水是一种没有颜色的液体。 Water is a liquid without colour.
冰 ice: 冰是冻成固体的水。 Ice is water frozen into a solid.
雨 rain: 雨是从云里落下的水滴。 Rain is water that falls from clouds.
雪 snow: 雪是从天上落下的白色冰晶。 Snow is white ice that falls from the sky.
风 wind: 风是流动的空气。 Wind is moving air.
铁 iron: 铁是一种坚硬的金属。 Iron is a hard metal.
金子 gold: 金子是一种贵重的黄色金属。 Gold is a precious yellow metal.
北京 Beijing: 北京是中国的首都。 Beijing is the capital of China.
上海 Shanghai: 上海是中国东部的大城市。 Shanghai is a large city in the east of China.
巴黎 Paris: 巴黎是法国的首都。 Paris is the capital of France.
伦敦 London: 伦敦是英国的首都。 London is the capital of Britain.
长江 the Yangtze: 长江是中国最长的河流。 The Yangtze is the longest river in China.
长城 the Great Wall: 长城是中国古代的城墙。 The Great Wall is an ancient wall in China.
图书馆 a library: 图书馆是借书和看书的地方。 A library is a place to read and borrow books.
医院 a hospital: 医院是给病人看病的地方。 A hospital is a place where the sick are treated.
学校 a school: 学校是学生上课的地方。 A school is a place where students learn.
银行 a bank: 银行是存钱和取钱的地方。 A bank is a place that keeps money.
公园 a park: 公园是散步和休息的地方。 A park is a place to walk and rest.
医生 a doctor: 医生是给人看病的人。 A doctor is a person who treats the sick.
老师 a teacher: 老师是教学生的人。 A teacher is a person who teaches students.
农民 a farmer: 农民是种地的人。 A farmer is a person who grows crops.
司机 a driver: 司机是开车的人。 A driver is a person who drives a car.
电脑 a computer: 电脑是一种处理信息的机器。 A computer is a machine that handles information.
手机 a phone: 手机是一种可以随身带的电话。 A phone is a machine for talking to people far away.
冰箱 a fridge: 冰箱是一种让食物变冷的电器。 A fridge is a machine that keeps food cold.
雨伞 an umbrella: 雨伞是挡雨的用具。 An umbrella is a tool that keeps off the rain.
钟表 a clock: 钟表是看时间的用具。 A clock is a tool that shows the time.
熊猫 the panda: 熊猫是一种吃竹子的动物。 The panda is an animal that eats bamboo.
大象 the elephant: 大象是一种鼻子很长的动物。 The elephant is an animal with a long nose.
蜜蜂 the bee: 蜜蜂是一种会采蜜的昆虫。 The bee is an insect that makes honey.
鲸鱼 the whale: 鲸鱼是一种住在海里的巨大动物。 The whale is a huge animal that lives in the sea.
骆驼 the camel: 骆驼是一种能走过沙漠的动物。 The camel is an animal that can cross the desert.
钢琴 the piano: 钢琴是一种有黑白琴键的乐器。 The piano is an instrument with black and white keys.
吉他 the guitar: 吉他是一种有六根弦的乐器。 The guitar is an instrument with six strings.
足球 football: 足球是一种用脚踢球的运动。 Football is a sport played with the feet.
沙漠 a desert: 沙漠是雨水很少的地方。 A desert is a place with very little rain.
火山 a volcano: 火山是会喷出岩浆的山。 A volcano is a mountain that throws out hot rock.
森林 a forest: 森林是长满树木的地方。 A forest is a place full of trees.
春节 the Spring Festival: 春节是中国人最重要的节日。 The Spring Festival is the most important holiday in China.
"""

NAMES = (
    Word("小明", "Tom"), Word("小红", "Amy"), Word("小华", "Jack"), Word("小丽", "Lily"),
    Word("小刚", "Ben"), Word("小芳", "Lucy"), Word("小军", "Sam"), Word("小美", "Anna"),
    Word("王芳", "Kate"), Word("李雷", "Mike"), Word("张伟", "Peter"), Word("陈静", "Mary"),
)  # fmt: skip

SHE = frozenset({"Amy", "Lily", "Lucy", "Anna", "Kate", "Mary"})


def table(text: str) -> dict[str, tuple[Word, ...]]:
    """Read rows of `head: 中文 English, 中文 English, …`."""
    rows = (line.split(": ") for line in text.strip().splitlines())
    return {head: tuple(map(_word, words.split(","))) for head, words in rows}


def _word(pair: str) -> Word:
    zh, _, en = pair.strip().partition(" ")
    return Word(zh, en)


def _facts() -> tuple[Fact, ...]:
    rows = (line.split(": ") for line in _FACTS.strip().splitlines())
    return tuple(Fact(_word(name), _word(sentence)) for name, sentence in rows)


KINDS: dict[Word, tuple[Word, ...]] = {
    _word(kind): things for kind, things in table(_KINDS).items()
}
FACTS: tuple[Fact, ...] = _facts()
