"""Words that tell names of people and companies from other words: what the slots of grammar.py go by.

Data, not rules: a site whose own name is not recognised sets `brands` instead of changing this.
"""

from __future__ import annotations

# Capitalised for another reason than being a name: they begin sentences, are titles, days or departments.
NO_NAMES = frozenset(
    """a about absolutely accounts actually advisor afraid after afternoon agent ah all alright also am and any
    anything apologies apologise are as at back be bear because before billing bookings but by bye calling
    calls can centre center certainly claims complaints could customer day dear definitely department desk did
    do doctor dr english er evening excellent fine first for from give glad going gonna good goodbye got great
    great had happy has have he hello help helpdesk helpline her here hey hi his hold hotline how i if in
    internet into is it its just last let like line looking lovely madam may me miss mm mr mrs ms morning my
    next no not nothing now of office oh ok okay on one operator or orders our perfect please reception
    representative reservations returns right sales see service services she should showing sir so sorry
    speaking still support sure tech technical team thank thanks that the their then there they this to trying
    uh um unable very was we welcome well were what when where which who why will with would yeah yes you your
    mum dad monday tuesday wednesday thursday friday saturday sunday january february march april june july
    august september october november december""".split()
)

# A capitalised name with one of these in it is a company's.
COMPANY_WORDS = frozenset(
    """airline airlines airways appliances assurance auto bank banking books broadband bus cable cinema cleaning
    clinic clothing club coaches college communications company computers corporation council courier couriers
    dental direct electric electrical electricity electronics energy express fashion fibre fiber finance
    financial fitness foods freight furniture games garage gas group gym health healthcare heating holdings
    holidays homes hospital hotel hotels housing inc industries insurance internet kitchens leasing library
    limited living logistics ltd market markets media medical mobile mortgage mortgages motors mutual national
    net network networks online outdoors parcels partners pharmacy phones plumbing post power properties
    railway railways rental rentals resort resorts retail savings school shipping shop shoes software solar
    solutions sports store stores supplies supply systems taxi taxis technologies telecom telecoms
    telecommunications telephone theatre tickets tours trains transport travel union university utilities
    water wireless""".split()
)

# Before a company word these make a department, not a company: "Home Insurance", "Mobile Banking".
DEPARTMENT_WORDS = frozenset(
    """business car commercial corporate credit digital general home house life local motor personal pet premium
    premier private student""".split()
)

# The most common family names, less those that begin ordinary phrases after 我是 (安 常 和 时 成 应 向 从 方便 ...).
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟"
    "谭陆汪范金石廖贾夏韦付傅邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔汤温康施牛樊葛邢欧阳"
)
# What a Chinese company's name ends in or goes on with.
COMPANY_ENDINGS = (
    *(
        "银行",
        "保险",
        "人寿",
        "财险",
        "证券",
        "基金",
        "信托",
        "金融",
        "支付",
        "电信",
        "移动",
        "联通",
        "通信",
        "宽带",
        "广电",
    ),
    *(
        "网络",
        "科技",
        "数码",
        "软件",
        "商城",
        "商店",
        "商场",
        "超市",
        "百货",
        "生活",
        "优选",
        "严选",
        "电商",
        "平台",
        "航空",
    ),
    *(
        "铁路",
        "旅行",
        "旅游",
        "出行",
        "租车",
        "打车",
        "酒店",
        "宾馆",
        "民宿",
        "度假",
        "餐饮",
        "外卖",
        "水务",
        "自来水",
        "电力",
    ),
    *(
        "电网",
        "供电",
        "燃气",
        "热力",
        "能源",
        "物业",
        "地产",
        "置业",
        "家居",
        "家电",
        "电器",
        "电子",
        "汽车",
        "物流",
        "快递",
    ),
    *(
        "速运",
        "速递",
        "快运",
        "邮政",
        "医院",
        "医疗",
        "药房",
        "健康",
        "体检",
        "教育",
        "学院",
        "大学",
        "书店",
        "影城",
        "健身",
    ),
    *("服饰", "服装", "集团", "公司", "传媒", "视频", "音乐", "游戏"),
)
# Characters that do not stand in a Chinese company's name.
NO_COMPANY = frozenset(
    "您你我他她它们的了吗呢吧啊呀么哪谁请问好喂是有在这那哎嗯哦先给把帮让到跟就不没也很来就说要想能会"
)
NUMBER_WORDS = frozenset(
    """one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand half couple few
    first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth
    fifteenth sixteenth seventeenth eighteenth nineteenth twentieth thirtieth""".split()
)
CHINESE_DIGITS = "零〇一二两三四五六七八九十百千万半几"
